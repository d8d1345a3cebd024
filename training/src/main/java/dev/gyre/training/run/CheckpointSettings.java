package dev.gyre.training.run;

/// When checkpoints are written: after so many steps or so many seconds, whichever comes first.
///
/// @param everySteps 0: not by steps
/// @param everySeconds 0: not by time
public record CheckpointSettings(long everySteps, double everySeconds) {
    /// Every 60 seconds: a kill costs a minute at most, and writing 1.6 GB (135 million parameters
    /// with their moments) takes a few seconds of it.
    public static final CheckpointSettings DEFAULT = new CheckpointSettings(0, 60);

    public CheckpointSettings {
        if (everySteps < 0 || !(everySeconds >= 0)) {
            throw new IllegalArgumentException(
                    "checkpoints every "
                            + everySteps
                            + " steps or "
                            + everySeconds
                            + " seconds; neither may be negative, 0 switches one off");
        }
    }
}
