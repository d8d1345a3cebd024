package dev.gyre.trainer.jobs;

import java.time.Instant;

/// What may be done to a job. Commands of an attempt carry its number: once a newer attempt runs,
/// or the job has ended, they have no effect (the number is the fencing token).
public sealed interface JobCommand {
    /// A service takes the job and begins its next attempt.
    record Claim(Lease lease) implements JobCommand {}

    /// The attempt still runs.
    record Renew(int attempt, Instant until) implements JobCommand {}

    /// The attempt's worker says how far it is.
    record Report(int attempt, Progress progress) implements JobCommand {}

    /// The attempt's worker is done.
    record Succeed(int attempt, JobOutcome outcome) implements JobCommand {}

    /// The attempt's worker says that the job cannot be done as asked; another attempt would say so
    /// again.
    record Refuse(int attempt, String error) implements JobCommand {}

    /// The attempt's worker died: by a signal, out of memory, by a crash of native code.
    ///
    /// @param reason how it ended
    /// @param tail the last lines that it wrote on standard error
    record Crash(int attempt, String reason, String tail) implements JobCommand {}

    /// The attempt was asked to stop, because the service stops. No fault of the job.
    record Stop(int attempt, String reason) implements JobCommand {}

    /// The attempt's service is gone: its lease ran out, or its process is known to be dead.
    record Expire(int attempt, String reason) implements JobCommand {}

    /// The job is wanted no more.
    record Cancel() implements JobCommand {}
}
