package dev.gyre.feedback.releases;

import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.events.ProtoTime;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.feedback.platform.Names;
import dev.gyre.proto.inference.v1.LoadedVersion;
import dev.gyre.proto.inference.v1.ReplicaEvent;
import dev.gyre.proto.inference.v1.ReplicaState;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;

/// Takes replicas' accounts from Kafka.
@Singleton
public final class ReplicaEvents implements Effect {
    private final Replicas replicas;

    /// @param replicas keeps the accounts
    public ReplicaEvents(Replicas replicas) {
        this.replicas = replicas;
    }

    @Override
    public void apply(Handle transaction, EventRecord record) {
        ReplicaEvent event = record.parse(ReplicaEvent.parser());
        if (!event.hasReplicaChanged()) {
            throw new PoisonedRecordException(
                    "the replica event is of a kind that this version does not know");
        }
        ReplicaState state = event.getReplicaChanged();
        replicas.update(
                transaction,
                Names.id("replica", state.getReplica()),
                ProtoTime.instant(state.getTime()),
                state.getVersionsList().stream().map(ReplicaEvents::loaded).toList());
    }

    private static Replicas.Loaded loaded(LoadedVersion version) {
        return new Replicas.Loaded(
                version.getProject(),
                version.getReleaseLine(),
                version.getReleaseEpoch(),
                version.getModelName(),
                version.getModelVersion(),
                switch (version.getState()) {
                    case LOAD_STATE_LOADING -> "loading";
                    case LOAD_STATE_WARM -> "warm";
                    case LOAD_STATE_DRAINING -> "draining";
                    case LOAD_STATE_FAILED -> "failed";
                    case LOAD_STATE_UNSPECIFIED, UNRECOGNIZED ->
                            throw new PoisonedRecordException(
                                    "a version has the unknown state " + version.getStateValue());
                },
                version.getReason());
    }
}
