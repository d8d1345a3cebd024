package dev.gyre.training.preference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Which pairs a step trains on: every epoch is its own permutation, a function of seed and epoch,
/// so that a step number is all that a checkpoint needs. The last batch of an epoch may be smaller.
///
/// @param pairs number of pairs, at least one
/// @param batchSize pairs per step
/// @param epochs passes over the pairs
/// @param seed of the permutations
record DataOrder(int pairs, int batchSize, int epochs, long seed) {
    DataOrder {
        if (pairs < 1) {
            throw new IllegalArgumentException(
                    "the data set has no training pairs; rate more answers first");
        }
    }

    int stepsPerEpoch() {
        return (pairs + batchSize - 1) / batchSize;
    }

    int steps() {
        return epochs * stepsPerEpoch();
    }

    /// @param step from 0
    List<Integer> batch(long step) {
        int epoch = (int) (step / stepsPerEpoch());
        int first = (int) (step % stepsPerEpoch()) * batchSize;
        List<Integer> order = new ArrayList<>(pairs);
        for (int pair = 0; pair < pairs; pair++) {
            order.add(pair);
        }
        Collections.shuffle(order, new Random(seed * 1_000_003 + epoch));
        return order.subList(first, Math.min(pairs, first + batchSize));
    }

    /// Passes done after a step, as TRL's `epoch`.
    double epoch(long stepsDone) {
        return (double) stepsDone / stepsPerEpoch();
    }
}
