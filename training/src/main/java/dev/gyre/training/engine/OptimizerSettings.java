package dev.gyre.training.engine;

/// AdamW and its schedule.
///
/// @param learningRate highest rate; over 0, at most 1
/// @param warmupSteps steps of linear warm-up; 0 for none
/// @param schedule what comes after the warm-up
/// @param weightDecay decoupled decay, on matrices only; 0 to 1
/// @param maxGradientNorm largest norm of the gradient over all parameters; over 0
/// @param beta2 decay of the second moment; over 0, under 1
public record OptimizerSettings(
        double learningRate,
        int warmupSteps,
        Schedule schedule,
        double weightDecay,
        double maxGradientNorm,
        double beta2) {
    /// Decay of the first moment.
    public static final double BETA1 = 0.9;

    /// Added to the second moment's root.
    public static final double EPSILON = 1e-8;

    public OptimizerSettings {
        if (!(learningRate > 0 && learningRate <= 1)) {
            throw new IllegalArgumentException(
                    "learning_rate is " + learningRate + ", it must be over 0 and at most 1");
        }
        if (warmupSteps < 0) {
            throw new IllegalArgumentException(
                    "warmup_steps is " + warmupSteps + ", it must be at least 0");
        }
        if (!(weightDecay >= 0 && weightDecay <= 1)) {
            throw new IllegalArgumentException(
                    "weight_decay is " + weightDecay + ", it must be 0 to 1");
        }
        if (!(maxGradientNorm > 0) || Double.isInfinite(maxGradientNorm)) {
            throw new IllegalArgumentException(
                    "max_gradient_norm is " + maxGradientNorm + ", it must be a number over 0");
        }
        if (!(beta2 > 0 && beta2 < 1)) {
            throw new IllegalArgumentException(
                    "beta2 is " + beta2 + ", it must be between 0 and 1");
        }
    }

    /// Learning rate of a step.
    ///
    /// @param step from 0
    /// @param totalSteps all steps of the job
    public double learningRate(long step, long totalSteps) {
        return learningRate * schedule.factor(step, warmupSteps, totalSteps);
    }
}
