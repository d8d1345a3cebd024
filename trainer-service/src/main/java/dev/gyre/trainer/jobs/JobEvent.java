package dev.gyre.trainer.jobs;

/// What a change of a job tells the world.
public sealed interface JobEvent {
    /// The job after a change of its state.
    record Changed(Job job) implements JobEvent {}

    /// The worker reported progress.
    record Progressed(Job job, Progress progress) implements JobEvent {}

    /// A package that may be released was written.
    record CandidateProduced(Job job, JobOutcome outcome) implements JobEvent {}
}
