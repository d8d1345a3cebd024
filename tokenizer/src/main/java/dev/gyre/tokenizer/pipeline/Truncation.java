package dev.gyre.tokenizer.pipeline;

/// Where a tokenizer file cuts texts off. Encoding a single text never does; batches may.
///
/// @param maxTokens most tokens of a text, those around it included; at least 1
/// @param atStart whether the beginning is cut off in place of the end
/// @param strategy which of a pair is cut: `LongestFirst`, `OnlyFirst` or `OnlySecond`
/// @param stride tokens that overflowing parts share, at least 0
public record Truncation(int maxTokens, boolean atStart, String strategy, int stride) {
    /// @throws IllegalArgumentException if a number is out of range
    public Truncation {
        if (maxTokens < 1 || stride < 0) {
            throw new IllegalArgumentException(
                    "truncation: max_length %d must be at least 1 and stride %d at least 0"
                            .formatted(maxTokens, stride));
        }
    }
}
