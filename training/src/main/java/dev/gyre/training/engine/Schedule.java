package dev.gyre.training.engine;

import java.util.Locale;

/// How the learning rate goes down after the warm-up.
public enum Schedule {
    /// Half a cosine down to zero (Loshchilov & Hutter 2017).
    COSINE,
    /// A straight line down to zero.
    LINEAR,
    /// Not at all.
    CONSTANT;

    /// Reads `cosine`, `linear` or `constant`.
    ///
    /// @throws IllegalArgumentException for anything else
    public static Schedule parse(String name) {
        for (Schedule schedule : values()) {
            if (schedule.name().toLowerCase(Locale.ROOT).equals(name)) {
                return schedule;
            }
        }
        throw new IllegalArgumentException(
                "schedule is '" + name + "', it must be cosine, linear or constant");
    }

    /// The share of the highest learning rate that a step uses.
    ///
    /// @param step from 0
    /// @param warmupSteps steps of the straight line up; the last of them has the highest rate
    /// @param totalSteps all steps of the job
    /// @return 0 to 1
    public double factor(long step, long warmupSteps, long totalSteps) {
        if (step < warmupSteps) {
            return (step + 1.0) / warmupSteps;
        }
        double progress = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
        return switch (this) {
            case COSINE -> 0.5 * (1 + StrictMath.cos(Math.PI * progress));
            case LINEAR -> 1 - progress;
            case CONSTANT -> 1;
        };
    }
}
