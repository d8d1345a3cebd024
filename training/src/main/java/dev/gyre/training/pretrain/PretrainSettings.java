package dev.gyre.training.pretrain;

import dev.gyre.training.engine.OptimizerSettings;

/// Settings of training from random weights.
///
/// @param batchSize sequences per step; 1 to 4096
/// @param sequenceLength tokens per sequence; at least 2
/// @param steps optimiser steps; 1 to 10,000,000
/// @param optimizer AdamW and its schedule
/// @param seed of the first weights and the data order
public record PretrainSettings(
        int batchSize, int sequenceLength, int steps, OptimizerSettings optimizer, long seed) {
    public PretrainSettings {
        check("batch_size", batchSize, 1, 4096);
        check("sequence_length", sequenceLength, 2, 8192);
        check("steps", steps, 1, 10_000_000);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", it must be " + least + " to " + most);
        }
    }
}
