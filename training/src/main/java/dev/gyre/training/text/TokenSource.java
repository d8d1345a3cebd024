package dev.gyre.training.text;

/// Token ids in a row: in memory, or in mapped files that may be far larger than the heap.
public interface TokenSource {
    /// Number of tokens.
    long size();

    /// A copy of a part.
    ///
    /// @param start from 0; `start + count` is at most [#size]
    int[] tokens(long start, int count);
}
