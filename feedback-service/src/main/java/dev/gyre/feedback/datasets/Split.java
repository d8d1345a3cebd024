package dev.gyre.feedback.datasets;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Decided pairs, to train on and held out.
record Split(List<DecidedPair> training, List<DecidedPair> holdout) {
    /// Splits by prompt.
    ///
    /// @param pairs in the order that both parts keep
    /// @param holdoutShare share of prompts held out
    static Split of(List<DecidedPair> pairs, double holdoutShare) {
        Map<Boolean, List<DecidedPair>> parts =
                pairs.stream()
                        .collect(
                                Collectors.partitioningBy(
                                        pair -> HoldOut.holds(pair.promptSha256(), holdoutShare)));
        return new Split(parts.getOrDefault(false, List.of()), parts.getOrDefault(true, List.of()));
    }
}
