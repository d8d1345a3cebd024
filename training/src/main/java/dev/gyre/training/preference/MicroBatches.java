package dev.gyre.training.preference;

import dev.gyre.model.ModelConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Splits a step's pairs into parts whose forward and backward pass fit into memory.
///
/// Pairs are sorted by length first, so that little is padded.
final class MicroBatches {
    /// What the activations of one part may take, in bytes: 2 GiB. Weights, gradients and moments
    /// of 135 million parameters take another 2.2.
    private static final long ACTIVATION_BYTES = 2L << 30;

    private MicroBatches() {}

    /// @param pairs indices into `all`
    /// @param mostPairs pairs of a part at most
    /// @return the same indices, in parts of at least one
    static List<List<Integer>> split(
            List<Integer> pairs, List<PreferencePair> all, int mostPairs, ModelConfig config) {
        long tokenBytes = activationBytesPerToken(config);
        List<Integer> sorted = new ArrayList<>(pairs);
        sorted.sort(
                Comparator.comparingInt((Integer pair) -> all.get(pair).longest())
                        .thenComparing(Comparator.naturalOrder()));
        List<List<Integer>> parts = new ArrayList<>();
        List<Integer> part = new ArrayList<>();
        for (int pair : sorted) {
            // sorted by length: the newest is the longest, and all are padded to it
            long bytes = 2L * (part.size() + 1) * all.get(pair).longest() * tokenBytes;
            if (!part.isEmpty() && (part.size() == mostPairs || bytes > ACTIVATION_BYTES)) {
                parts.add(part);
                part = new ArrayList<>();
            }
            part.add(pair);
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    /// About what the backward pass keeps of one token: the blocks' activations, and three rows of
    /// the vocabulary (logits, log-probabilities, their gradient).
    private static long activationBytesPerToken(ModelConfig config) {
        long block =
                12L * config.hiddenSize()
                        + 6L * (config.querySize() + 2L * config.kvSize())
                        + 5L * config.feedForwardSize();
        return 4 * (block * config.layers() + 3L * config.vocabularySize());
    }
}
