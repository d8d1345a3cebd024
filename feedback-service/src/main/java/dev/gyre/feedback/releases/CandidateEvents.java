package dev.gyre.feedback.releases;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.proto.training.v1.CandidateProduced;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.ModelRef;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;

/// Takes candidates from the job events on Kafka; progress is not for us.
@Singleton
public final class CandidateEvents implements Effect {
    private final Releases releases;

    /// @param releases takes the candidates
    public CandidateEvents(Releases releases) {
        this.releases = releases;
    }

    @Override
    public void apply(Handle transaction, EventRecord record) {
        JobEvent event = record.parse(JobEvent.parser());
        switch (event.getEventCase()) {
            case PROGRESSED -> {}
            case CANDIDATE_PRODUCED -> produced(transaction, event.getCandidateProduced());
            case EVENT_NOT_SET ->
                    throw new PoisonedRecordException(
                            "the job event is of a kind that this version does not know");
        }
    }

    private void produced(Handle transaction, CandidateProduced event) {
        releases.candidateProduced(
                transaction,
                event.getProject(),
                new Release(model(event.getModel()), event.getManifestSha256()),
                event.hasParent() ? model(event.getParent()) : null,
                event.hasDataset() ? event.getDataset().getId() : null,
                event.hasDataset() ? event.getDataset().getSha256() : null,
                event.getJobId());
    }

    private static ModelVersion model(ModelRef model) {
        return new ModelVersion(model.getName(), model.getVersion());
    }
}
