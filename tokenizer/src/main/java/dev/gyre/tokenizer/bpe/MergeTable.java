package dev.gyre.tokenizer.bpe;

import java.util.Arrays;

/// The merges of a vocabulary: which pair of ids becomes which id, and which pair goes first.
///
/// One open-addressed table from (left, right) to rank, at most half full.
public final class MergeTable {
    /// Rank of a pair that may not be merged; greater than any other.
    static final int NONE = Integer.MAX_VALUE;

    private static final long EMPTY = -1;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] merged;
    private final int mask;

    /// @param left ids of the left parts, by rank
    /// @param right ids of the right parts, by rank
    /// @param merged ids of the results, by rank; of a pair that is listed twice the last rank
    ///   counts
    MergeTable(int[] left, int[] right, int[] merged) {
        int capacity = Integer.highestOneBit(Math.max(1, merged.length)) * 4;
        this.merged = merged;
        pairs = new long[capacity];
        ranks = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(pairs, EMPTY);
        for (int rank = 0; rank < merged.length; rank++) {
            put(pair(left[rank], right[rank]), rank);
        }
    }

    private void put(long pair, int rank) {
        int slot = slot(pair);
        while (pairs[slot] != EMPTY && pairs[slot] != pair) {
            slot = slot + 1 & mask;
        }
        pairs[slot] = pair;
        ranks[slot] = rank;
    }

    /// Rank of the pair, [#NONE] if it is not listed.
    int rank(int left, int right) {
        long pair = pair(left, right);
        int slot = slot(pair);
        while (true) {
            long found = pairs[slot];
            if (found == pair) {
                return ranks[slot];
            }
            if (found == EMPTY) {
                return NONE;
            }
            slot = slot + 1 & mask;
        }
    }

    /// The id that the pair of this rank becomes.
    int merged(int rank) {
        return merged[rank];
    }

    private int slot(long pair) {
        long hash = pair * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 34) & mask;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
