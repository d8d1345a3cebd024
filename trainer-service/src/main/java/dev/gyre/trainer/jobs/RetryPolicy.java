package dev.gyre.trainer.jobs;

import java.time.Duration;

/// When a job is given up, and how long the next attempt waits.
///
/// @param maxCrashes worker deaths in a row without progress that fail the job
/// @param maxLosses attempts in a row lost with their service, without progress, that fail the job;
///   higher, since a restarted service is no fault of the job
/// @param delay pause before the attempt after a crash; doubled for each further one
public record RetryPolicy(int maxCrashes, int maxLosses, Duration delay) {
    public RetryPolicy {
        if (maxCrashes < 1 || maxLosses < 1 || delay.isNegative()) {
            throw new IllegalArgumentException(
                    "maxCrashes is "
                            + maxCrashes
                            + ", maxLosses "
                            + maxLosses
                            + ", delay "
                            + delay
                            + "; at least 1, 1 and zero are needed");
        }
    }

    Duration delayAfter(int crashes) {
        return delay.multipliedBy(1L << Math.clamp(crashes - 1, 0, 6));
    }
}
