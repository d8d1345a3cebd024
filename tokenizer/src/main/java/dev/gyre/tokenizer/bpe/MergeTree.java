package dev.gyre.tokenizer.bpe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How each token is put together by merges, in the order in which merges go.
///
/// Two tokens stand side by side in an encoded text if and only if no merge across their border was
/// ever due; that is seen by taking both apart again in the reverse order of their merges (the
/// `bpe` crate of GitHub's rust-gems, van Antwerpen and Neubeck 2024). It holds where every merge
/// goes after those that made its parts, and is what merging itself makes of its bytes.
final class MergeTree {
    private static final long WHOLE = -1;
    private static final int ID_BITS = 21;
    private static final int ID_MASK = (1 << ID_BITS) - 1;
    private static final int BORDER = 2;
    private static final int BORDER_BITS = 7;

    private final MergeTable merges;

    /// For each id `rank << 42 | left << 21 | right`, [#WHOLE] for what no merge makes: negative,
    /// so that it ranks before all merges.
    private final long[] nodes;

    /// Two sets of [#BORDER] longs a token, by its place. The first has a bit for each token down
    /// its left side, the second for each token that some merge puts behind one down its right
    /// side. Two tokens without a bit in common can follow each other, as do nine in ten of Chinese
    /// and Japanese. Empty until [#seal].
    private long[] borders = new long[0];

    /// A tree without merges, for a table that is filled along with it.
    ///
    /// @param tokenCount highest id plus one
    MergeTree(MergeTable merges, int tokenCount) {
        this.merges = merges;
        nodes = new long[tokenCount];
        Arrays.fill(nodes, WHOLE);
    }

    /// The tree of merges of which the above holds; `null` if it does not.
    ///
    /// Several pairs may make one token as long as they are listed together, as in files made from
    /// ranks (Llama 3): only one of them ever stands side by side.
    ///
    /// @param byteIds id of each byte, in any order; negative ones stand for nothing
    /// @param tokenCount highest id plus one
    static @Nullable MergeTree of(MergeTable merges, int[] byteIds, int tokenCount) {
        MergeTree tree = new MergeTree(merges, tokenCount);
        BitSet reached = new BitSet(tokenCount);
        BitSet listed = new BitSet(tokenCount);
        for (int id : byteIds) {
            if (id >= 0) {
                reached.set(id);
                listed.set(id);
            }
        }
        List<Integer> early = new ArrayList<>();
        for (int first = 0, next; first < merges.size(); first = next) {
            int merged = merges.merged(first);
            if (listed.get(merged)) {
                return null;
            }
            listed.set(merged);
            for (next = first; next < merges.size() && merges.merged(next) == merged; next++) {
                int left = merges.left(next);
                int right = merges.right(next);
                if (merges.rank(left, right) != next) {
                    return null;
                }
                if (!reached.get(left) || !reached.get(right)) {
                    early.add(next);
                } else if (tree.nodes[merged] == WHOLE && tree.canFollow(left, right, first)) {
                    tree.nodes[merged] =
                            (long) next << 2 * ID_BITS | (long) left << ID_BITS | right;
                }
            }
            if (tree.nodes[merged] != WHOLE) {
                reached.set(merged);
            }
        }
        // A pair that goes before the merges of its parts may only be one that is never needed.
        for (int rank : early) {
            if (!reached.get(merges.merged(rank))
                    && reached.get(merges.left(rank))
                    && reached.get(merges.right(rank))) {
                return null;
            }
        }
        return tree;
    }

    /// Adds the next merge to the table and the tree, if the merges before it leave the two parts
    /// side by side.
    boolean add(int left, int right, int merged) {
        if (!canFollow(left, right)) {
            return false;
        }
        nodes[merged] = (long) merges.size() << 2 * ID_BITS | (long) left << ID_BITS | right;
        merges.add(left, right, merged);
        return true;
    }

    /// All merges are there.
    ///
    /// @param table all tokens that are one byte or made by a merge
    void seal(TokenTable table) {
        int[] places = new int[nodes.length];
        Arrays.fill(places, -1);
        long[] sides = new long[2 * BORDER * table.size()];
        for (int place = 0; place < table.size(); place++) {
            places[table.id(place)] = place;
            mark(sides, 2 * BORDER * place, table.id(place));
        }
        for (int rank = 0; rank < merges.size(); rank++) {
            int place = places[merges.left(rank)];
            if (place >= 0) {
                mark(sides, 2 * BORDER * place + BORDER, merges.right(rank));
            }
        }
        // parts are merged before what they make
        for (int rank = 0; rank < merges.size(); rank++) {
            int id = merges.merged(rank);
            long node = nodes[id];
            if ((int) (node >> 2 * ID_BITS) == rank) {
                int own = 2 * BORDER * places[id];
                int left = 2 * BORDER * places[left(node)];
                int right = 2 * BORDER * places[right(node)];
                for (int i = 0; i < BORDER; i++) {
                    sides[own + i] |= sides[left + i];
                    sides[own + BORDER + i] |= sides[right + BORDER + i];
                }
            }
        }
        borders = sides;
    }

    private static void mark(long[] sides, int set, int id) {
        int bit = id * 0x9E3779B1 >>> 32 - BORDER_BITS;
        sides[set + (bit >> 6)] |= 1L << bit;
    }

    private static int left(long node) {
        return (int) (node >>> ID_BITS) & ID_MASK;
    }

    private static int right(long node) {
        return (int) node & ID_MASK;
    }

    /// Whether nothing can be merged across the border of the tokens at two places; `false` if that
    /// takes a closer look. Only of a sealed tree.
    boolean areStrangers(int first, int second) {
        int right = 2 * BORDER * first + BORDER;
        int left = 2 * BORDER * second;
        return (borders[right] & borders[left] | borders[right + 1] & borders[left + 1]) == 0;
    }

    /// Whether merges make this token.
    boolean isMerged(int id) {
        return nodes[id] != WHOLE;
    }

    /// Whether the bytes of two tokens, merged as one text, become just these two tokens.
    boolean canFollow(int first, int second) {
        return canFollow(first, second, MergeTable.NONE);
    }

    /// @param rankLimit merges of this rank and later ones do not count
    private boolean canFollow(int first, int second, int rankLimit) {
        int before = first;
        int after = second;
        int limit = rankLimit;
        while (true) {
            if (merges.rank(before, after) < limit) {
                return false;
            }
            long beforeNode = nodes[before];
            long afterNode = nodes[after];
            int beforeRank = (int) (beforeNode >> 2 * ID_BITS);
            int afterRank = (int) (afterNode >> 2 * ID_BITS);
            if (beforeRank > afterRank) {
                limit = beforeRank;
                before = right(beforeNode);
            } else if (afterRank < 0) {
                return true;
            } else {
                // of equal merges the leftmost goes first
                limit = afterRank + 1;
                after = left(afterNode);
            }
        }
    }
}
