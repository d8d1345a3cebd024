package dev.gyre.trainer.jobs;

import java.util.List;

/// What a command did to a job.
public sealed interface Decision {
    /// The job changed.
    ///
    /// @param job the next job
    /// @param events what to tell, in this order; empty for a mere renewal of the lease
    record Changed(Job job, List<JobEvent> events) implements Decision {
        public Changed {
            events = List.copyOf(events);
        }
    }

    /// The command changes nothing and that is right, for example cancelling what has ended.
    record Unchanged() implements Decision {}

    /// The command came from an attempt that is no longer the current one.
    ///
    /// @param reason for the log
    record Stale(String reason) implements Decision {}
}
