package dev.gyre.feedback.rounds;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.proto.training.v1.Job;
import dev.gyre.proto.training.v1.JobResult;
import dev.gyre.proto.training.v1.JobStateEvent;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Takes the states of jobs from Kafka and gives those of rounds to their rounds.
@Singleton
public final class JobEvents implements Effect {
    private final Rounds rounds;

    /// @param rounds takes the reports
    public JobEvents(Rounds rounds) {
        this.rounds = rounds;
    }

    @Override
    public void apply(Handle transaction, EventRecord record) {
        JobStateEvent event = record.parse(JobStateEvent.parser());
        if (!event.hasJobChanged()) {
            throw new PoisonedRecordException(
                    "the job state event is of a kind that this version does not know");
        }
        Job job = event.getJobChanged();
        RoundJob kind = RoundJob.of(job.getRequestId());
        if (kind != null) {
            rounds.jobReported(transaction, kind.roundId(job.getRequestId()), kind, report(job));
        }
    }

    private static JobReport report(Job job) {
        return switch (job.getState()) {
            case JOB_STATE_QUEUED, JOB_STATE_RUNNING, JOB_STATE_CHECKPOINTED ->
                    new JobReport.Accepted(job.getId());
            case JOB_STATE_SUCCEEDED ->
                    new JobReport.Succeeded(
                            job.getId(),
                            model(job.getResult()),
                            job.getResult().getManifestSha256(),
                            job.getResult().getMetricsMap());
            case JOB_STATE_FAILED -> new JobReport.Ended(job.getId(), job.getError());
            case JOB_STATE_CANCELLED -> new JobReport.Ended(job.getId(), "it was cancelled");
            case JOB_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    throw new PoisonedRecordException(
                            "job " + job.getId() + " has the unknown state " + job.getStateValue());
        };
    }

    private static @Nullable ModelVersion model(JobResult result) {
        return result.hasModel()
                ? new ModelVersion(result.getModel().getName(), result.getModel().getVersion())
                : null;
    }
}
