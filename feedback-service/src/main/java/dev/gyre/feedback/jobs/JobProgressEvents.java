package dev.gyre.feedback.jobs;

import dev.gyre.events.EventRecord;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.JobProgressed;
import dev.gyre.proto.training.v1.JobState;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;

/// Keeps how far running jobs are. Other job events are for other features.
@Singleton
public final class JobProgressEvents implements Effect {
    private final JobStore store;

    /// @param store the table
    public JobProgressEvents(JobStore store) {
        this.store = store;
    }

    @Override
    public void apply(Handle transaction, EventRecord record) {
        JobEvent event = record.parse(JobEvent.parser());
        if (event.hasProgressed()) {
            progressed(transaction, event.getProgressed());
        }
    }

    /// The two topics are not in order with each other: progress of another attempt than the
    /// current one, or of a job that has ended, came late and is left out.
    private void progressed(Handle transaction, JobProgressed event) {
        store.lock(transaction, event.getJobId())
                .filter(job -> job.getState() == JobState.JOB_STATE_RUNNING)
                .filter(job -> job.getAttempt() == event.getAttempt())
                .ifPresent(
                        job ->
                                store.put(
                                        transaction,
                                        job.toBuilder()
                                                .setProgress(event.getProgress())
                                                .setUpdateTime(event.getTime())
                                                .build()));
    }
}
