package dev.gyre.training.preference;

import dev.gyre.training.engine.OptimizerSettings;

/// Settings of direct preference optimisation.
///
/// @param beta weight of the implicit KL term; over 0, at most 100
/// @param batchSize pairs per step; 1 to 4096
/// @param microBatchSize pairs whose forward and backward pass run at once at most; 1 to batchSize
/// @param epochs passes over the pairs; 1 to 1000
/// @param optimizer AdamW and its schedule
/// @param seed of the data order
public record DpoSettings(
        double beta,
        int batchSize,
        int microBatchSize,
        int epochs,
        OptimizerSettings optimizer,
        long seed) {
    public DpoSettings {
        if (!(beta > 0 && beta <= 100)) {
            throw new IllegalArgumentException(
                    "beta is " + beta + ", it must be over 0 and at most 100; 0.1 is usual");
        }
        RewardSettings.inRange("batch_size", batchSize, 4096);
        RewardSettings.inRange("micro_batch_size", microBatchSize, 4096);
        RewardSettings.inRange("epochs", epochs, 1000);
    }
}
