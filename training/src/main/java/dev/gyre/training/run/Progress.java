package dev.gyre.training.run;

/// How far a job is.
///
/// @param phase what it does now, for example `training`
/// @param step steps done in this phase
/// @param totalSteps steps of this phase; 0 when unknown
/// @param loss last training loss in nats; 0 when there is none
/// @param tokensPerSecond tokens trained per second since this process began the phase
/// @param remainingSeconds estimate to the end of this phase; 0 when unknown
/// @param note a line for people: a sample, a validation loss; may be empty
public record Progress(
        String phase,
        long step,
        long totalSteps,
        double loss,
        double tokensPerSecond,
        double remainingSeconds,
        String note) {}
