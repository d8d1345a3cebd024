package dev.gyre.trainer.jobs;

import java.time.Instant;

/// Where a job stands.
///
/// ```
///            claim           succeed
///   queued ────────▶ running ────────▶ succeeded
///              ▲        │ │   refuse, crash without progress
///        claim │        │ └──────────▶ failed
///              │        ▼ crash, stop, expiry
///            checkpointed
/// ```
///
/// Cancelling ends every state that has not ended.
public sealed interface JobState {
    /// Waits for its first worker.
    record Queued() implements JobState {}

    /// A worker runs it.
    ///
    /// @param lease who runs it and until when
    record Running(Lease lease) implements JobState {}

    /// Its worker ended before it was done; the next attempt goes on from the last checkpoint.
    ///
    /// @param reason why the last attempt ended
    /// @param notBefore when the next attempt may begin
    record Checkpointed(String reason, Instant notBefore) implements JobState {}

    /// Done.
    ///
    /// @param outcome what it made
    record Succeeded(JobOutcome outcome) implements JobState {}

    /// Ended by an error.
    ///
    /// @param error what went wrong and what to do
    record Failed(String error) implements JobState {}

    /// Ended on request.
    record Cancelled() implements JobState {}

    /// Whether nothing can change any more.
    default boolean ended() {
        return switch (this) {
            case Queued() -> false;
            case Running(_) -> false;
            case Checkpointed(_, _) -> false;
            case Succeeded(_) -> true;
            case Failed(_) -> true;
            case Cancelled() -> true;
        };
    }

    /// The name in the database, metrics and logs, lower case.
    default String label() {
        return switch (this) {
            case Queued() -> "queued";
            case Running(_) -> "running";
            case Checkpointed(_, _) -> "checkpointed";
            case Succeeded(_) -> "succeeded";
            case Failed(_) -> "failed";
            case Cancelled() -> "cancelled";
        };
    }
}
