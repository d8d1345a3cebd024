package dev.gyre.training.preference;

import dev.gyre.training.engine.OptimizerSettings;

/// Settings of the reward model's training.
///
/// @param batchSize pairs per step; 1 to 4096
/// @param epochs passes over the pairs; 1 to 1000
/// @param optimizer AdamW and its schedule
/// @param seed of the head's first weights and the data order
public record RewardSettings(int batchSize, int epochs, OptimizerSettings optimizer, long seed) {
    public RewardSettings {
        inRange("batch_size", batchSize, 4096);
        inRange("epochs", epochs, 1000);
    }

    static void inRange(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be 1 to " + most);
        }
    }
}
