package dev.gyre.feedback.gate;

/// The gate's limits. A value of 0 takes the default, so that a stored policy follows better
/// defaults.
///
/// @param minHoldoutAccuracy lower Wilson bound of the hold-out preference accuracy must be above
///   this; 0 to 1, default 0.5
/// @param confidence two-sided confidence of that bound, default 0.95
/// @param maxTextLossIncrease nats per token that held-out text may be worse by, default 0.10
/// @param maxLengthShift share by which the mean answer may be longer or shorter, default 0.5
/// @param minHoldoutPairs fewer hold-out pairs are not enough evidence, default 8
public record GateLimits(
        double minHoldoutAccuracy,
        double confidence,
        double maxTextLossIncrease,
        double maxLengthShift,
        int minHoldoutPairs) {
    /// All defaults.
    public static final GateLimits DEFAULTS = new GateLimits(0, 0, 0, 0, 0);

    public GateLimits {
        minHoldoutAccuracy = minHoldoutAccuracy == 0 ? 0.5 : minHoldoutAccuracy;
        confidence = confidence == 0 ? 0.95 : confidence;
        maxTextLossIncrease = maxTextLossIncrease == 0 ? 0.10 : maxTextLossIncrease;
        maxLengthShift = maxLengthShift == 0 ? 0.5 : maxLengthShift;
        minHoldoutPairs = minHoldoutPairs == 0 ? 8 : minHoldoutPairs;
        within("min_holdout_accuracy", minHoldoutAccuracy, 0, 1);
        within("confidence", confidence, 0.5, 0.9999);
        within("max_text_loss_increase", maxTextLossIncrease, 0, 100);
        within("max_length_shift", maxLengthShift, 0, 100);
        within("min_holdout_pairs", minHoldoutPairs, 1, 1_000_000);
    }

    private static void within(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "gate." + name + " is " + value + ", it must be from " + least + " to " + most);
        }
    }
}
