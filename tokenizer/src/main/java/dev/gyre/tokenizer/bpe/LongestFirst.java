package dev.gyre.tokenizer.bpe;

import java.util.Arrays;

/// Encodes one piece without merging: the longest token first, a shorter one where the two would
/// not stand side by side, one step back where nothing fits. Gives the ids that merging gives
/// ([MergeTree] says when), in time that grows with the number of tokens rather than of merges.
/// Keeps scratch memory; for one thread at a time.
final class LongestFirst {
    private static final int MEMO_BITS = 14;
    private static final int UNDECIDED = -1;

    /// What [#encode] gives for a piece with a byte that no token stands for.
    static final int UNKNOWN_BYTE = -1;

    private final TokenTable table;
    private final MergeTree tree;

    /// Pairs of places with whether they can follow each other, the newest wins its slot: `first <<
    /// 22 | second << 1 | can`.
    private final long[] memo = new long[1 << MEMO_BITS];

    /// One bit a position of the piece: clear where an attempt from it has failed.
    private long[] open = new long[16];

    LongestFirst(TokenTable table, MergeTree tree) {
        this.table = table;
        this.tree = tree;
        Arrays.fill(memo, UNDECIDED);
    }

    /// Writes the ids of a piece.
    ///
    /// @param ids has room for an id a byte from `from` on
    /// @return where the ids end; [#UNKNOWN_BYTE] if the piece cannot be encoded so
    int encode(byte[] text, int start, int end, int[] ids, int from) {
        long match = table.longest(text, start, end);
        if (match >>> 32 == end) {
            ids[from] = table.id((int) match);
            return from + 1;
        }
        int to = findPlaces(text, start, end, match, ids, from);
        for (int i = from; i < to; i++) {
            ids[i] = table.id(ids[i]);
        }
        return to;
    }

    /// @param first the longest token at `start`
    private int findPlaces(byte[] text, int start, int end, long first, int[] places, int from) {
        long match = first;
        openAll(end - start);
        int count = from;
        int position = start;
        int last = -1;
        while (true) {
            if (match == TokenTable.NONE) {
                return UNKNOWN_BYTE;
            }
            int place = (int) match;
            int next = (int) (match >>> 32);
            while (!(isOpen(next - start) && (last < 0 || follows(last, place)))) {
                match =
                        next - 1 == position
                                ? TokenTable.NONE
                                : table.longest(text, position, next - 1);
                if (match == TokenTable.NONE) {
                    place = -1;
                    break;
                }
                place = (int) match;
                next = (int) (match >>> 32);
            }
            if (place >= 0) {
                places[count++] = place;
                if (next == end) {
                    return count;
                }
                last = place;
                position = next;
                match = table.longest(text, position, end);
            } else {
                if (count == from) {
                    return UNKNOWN_BYTE;
                }
                close(position - start);
                place = places[--count];
                match = (long) position << 32 | place;
                position -= table.token(place).length;
                last = count == from ? -1 : places[count - 1];
            }
        }
    }

    private boolean follows(int first, int second) {
        return tree.areStrangers(first, second) || canFollow(first, second);
    }

    /// What the merges say, asked once for most pairs.
    private boolean canFollow(int first, int second) {
        long pair = (long) first << 22 | (long) second << 1;
        int slot = (int) (pair * 0x9E3779B97F4A7C15L >>> 64 - MEMO_BITS);
        long known = memo[slot];
        if ((known & -2) == pair) {
            return (known & 1) != 0;
        }
        boolean can = tree.canFollow(table.id(first), table.id(second));
        memo[slot] = pair | (can ? 1 : 0);
        return can;
    }

    private void openAll(int length) {
        int words = (length >> 6) + 1;
        if (words > open.length || words < open.length / 64) {
            open = new long[Math.max(16, words)];
        }
        Arrays.fill(open, 0, words, -1L);
    }

    private boolean isOpen(int offset) {
        return (open[offset >> 6] >>> offset & 1) != 0;
    }

    private void close(int offset) {
        open[offset >> 6] &= ~(1L << offset);
    }
}
