package dev.gyre.tokenizer.bpe;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;

/// The merges of a vocabulary: which pair of ids becomes which id, and which pair goes first.
///
/// One open-addressed table of longs from (left, right) to rank, at most half full. Most pairs that
/// are asked for are in no merge: a small filter of bits, which stays in the processor's nearer
/// caches, says so for nine in ten of them. Filled once, then read by any number of threads.
public final class MergeTable {
    /// Rank of a pair that may not be merged; greater than any other.
    static final int NONE = Integer.MAX_VALUE;

    private static final int ID_BITS = 21;
    private static final int MOST = (1 << ID_BITS) - 1;
    private static final long EMPTY = -1;
    private static final int FILTER_BITS_A_MERGE = 8;

    /// `left << 42 | right << 21 | rank`.
    private final long[] entries;

    private final long[] filter;
    private final int[] left;
    private final int[] right;
    private final int[] merged;
    private final int shift;
    private final int filterShift;
    private int size;

    /// A table without merges.
    ///
    /// @param most number of merges that may come
    MergeTable(int most) {
        if (most > MOST) {
            throw new IllegalArgumentException(
                    "vocabulary has %d merges, the limit is %d".formatted(most, MOST));
        }
        int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, most));
        entries = new long[1 << bits];
        shift = 64 - bits;
        Arrays.fill(entries, EMPTY);
        int filterBits = Math.max(6, 32 - Integer.numberOfLeadingZeros(most * FILTER_BITS_A_MERGE));
        filter = new long[1 << filterBits - 6];
        filterShift = 64 - filterBits;
        left = new int[most];
        right = new int[most];
        merged = new int[most];
    }

    /// Adds the merge that comes after all others; of a pair that is added twice the last rank
    /// counts.
    void add(int leftId, int rightId, int becomes) {
        long pair = pair(leftId, rightId);
        long hash = hash(pair);
        int slot = (int) (hash >>> shift);
        while (entries[slot] != EMPTY && entries[slot] >>> ID_BITS != pair) {
            slot = slot + 1 & entries.length - 1;
        }
        entries[slot] = pair << ID_BITS | size;
        int bit = (int) (hash >>> filterShift);
        filter[bit >> 6] |= 1L << bit;
        left[size] = leftId;
        right[size] = rightId;
        merged[size++] = becomes;
    }

    /// Number of merges.
    int size() {
        return size;
    }

    /// Rank of the pair, [#NONE] if it is not listed.
    int rank(int leftId, int rightId) {
        long pair = pair(leftId, rightId);
        long hash = hash(pair);
        int bit = (int) (hash >>> filterShift);
        return (filter[bit >> 6] >>> bit & 1) == 0 ? NONE : rank(pair, hash);
    }

    private int rank(long pair, long hash) {
        int slot = (int) (hash >>> shift);
        while (true) {
            long entry = entries[slot];
            if (entry >>> ID_BITS == pair) {
                return (int) entry & MOST;
            }
            if (entry == EMPTY) {
                return NONE;
            }
            slot = slot + 1 & entries.length - 1;
        }
    }

    /// The left id of the pair of this rank.
    int left(int rank) {
        return left[rank];
    }

    /// The right id of the pair of this rank.
    int right(int rank) {
        return right[rank];
    }

    /// The id that the pair of this rank becomes.
    int merged(int rank) {
        return merged[rank];
    }

    /// The lowest rank whose pair becomes one of some ids; [#NONE] if no pair does.
    int firstToMakeAny(Set<Integer> ids) {
        BitSet wanted = new BitSet();
        for (int id : ids) {
            wanted.set(id);
        }
        for (int rank = 0; rank < size; rank++) {
            if (wanted.get(merged[rank])) {
                return rank;
            }
        }
        return NONE;
    }

    private static long pair(int left, int right) {
        return (long) left << ID_BITS | right;
    }

    /// The filter takes other bits than the slot: those below, mixed by the multiplication too.
    private static long hash(long pair) {
        long hash = pair * 0x9E3779B97F4A7C15L;
        return (hash ^ hash >>> 29) * 0xBF58476D1CE4E5B9L;
    }
}
