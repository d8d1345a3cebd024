package dev.gyre.feedback.jobs;

import dev.gyre.events.EventRecord;
import dev.gyre.events.PoisonedRecordException;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.feedback.platform.Names;
import dev.gyre.proto.training.v1.JobStateEvent;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;

/// Keeps each job as its last state event tells.
@Singleton
public final class JobStates implements Effect {
    private final JobStore store;

    /// @param store the table
    public JobStates(JobStore store) {
        this.store = store;
    }

    @Override
    public void apply(Handle transaction, EventRecord record) {
        JobStateEvent event = record.parse(JobStateEvent.parser());
        if (!event.hasJobChanged()) {
            throw new PoisonedRecordException(
                    "the job state event is of a kind that this version does not know");
        }
        Names.id("job", event.getJobChanged().getId());
        store.put(transaction, event.getJobChanged());
    }
}
