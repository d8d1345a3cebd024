package dev.gyre.tokenizer.training;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// How often each pair of neighbouring tokens occurs while merges are learned.
///
/// The heap is lazy: a count that has fallen is noticed when its entry comes up, and the entry goes
/// back with the count of now. A merge touches only the pieces that held the pair.
final class MergeCounts {
    /// A pair, how often it occurs, and the pieces to look for it in.
    record Pair(int left, int right, long count, int[] pieces, int pieceCount) {
        private long key() {
            return key(left, right);
        }

        private static long key(int left, int right) {
            return (long) left << 32 | right;
        }

        private Pair withCount(long newCount) {
            return new Pair(left, right, newCount, pieces, pieceCount);
        }
    }

    private static final Comparator<Pair> MOST_FREQUENT_FIRST =
            Comparator.comparingLong(Pair::count).reversed().thenComparingLong(Pair::key);

    private final PieceCounts pieces;

    /// Tokens of each piece: `lengths[p]` of them from `starts[p]` on.
    private final int[] tokens;

    private final int[] starts;
    private final int[] lengths;
    private final PairTable counts = new PairTable();
    private final PriorityQueue<Pair> heap = new PriorityQueue<>(1 << 12, MOST_FREQUENT_FIRST);

    MergeCounts(PieceCounts pieces, int[] byteIds) {
        this.pieces = pieces;
        starts = new int[pieces.size()];
        lengths = new int[pieces.size()];
        int size = 0;
        for (int piece = 0; piece < starts.length; piece++) {
            starts[piece] = size;
            lengths[piece] = pieces.length(piece);
            size += lengths[piece];
        }
        tokens = new int[size];
        PairTable found = new PairTable();
        for (int piece = 0; piece < starts.length; piece++) {
            for (int i = 0; i < lengths[piece]; i++) {
                tokens[starts[piece] + i] = byteIds[pieces.byteAt(piece, i)];
            }
            for (int i = 0; i + 1 < lengths[piece]; i++) {
                long key = Pair.key(token(piece, i), token(piece, i + 1));
                counts.add(key, pieces.count(piece));
                found.addPiece(key, piece);
            }
        }
        enqueue(found);
    }

    private int token(int piece, int index) {
        return tokens[starts[piece] + index];
    }

    /// The most frequent pair, the one with the smaller ids of equals; `null` if none is left.
    @Nullable Pair mostFrequent() {
        while (true) {
            Pair top = heap.poll();
            if (top == null) {
                return null;
            }
            long count = counts.count(top.key());
            if (count == top.count()) {
                return top;
            }
            if (count > 0) {
                heap.add(top.withCount(count));
            }
        }
    }

    /// Puts the new token in place of the pair, from left to right in every piece that has it.
    void merge(Pair pair, int merged) {
        PairTable found = new PairTable();
        int last = -1;
        for (int i = 0; i < pair.pieceCount(); i++) {
            int piece = pair.pieces()[i];
            if (piece != last) {
                mergeIn(piece, pair, merged, found);
            }
            last = piece;
        }
        enqueue(found);
    }

    private void mergeIn(int piece, Pair pair, int merged, PairTable found) {
        int start = starts[piece];
        int end = start + lengths[piece];
        long count = pieces.count(piece);
        int write = start;
        int read = start;
        while (read < end) {
            boolean matches =
                    read + 1 < end
                            && tokens[read] == pair.left()
                            && tokens[read + 1] == pair.right();
            if (!matches) {
                tokens[write++] = tokens[read++];
                continue;
            }
            if (write > start) {
                int before = tokens[write - 1];
                counts.add(Pair.key(before, pair.left()), -count);
                addNew(Pair.key(before, merged), count, piece, found);
            }
            if (read + 2 < end) {
                int after = tokens[read + 2];
                counts.add(Pair.key(pair.right(), after), -count);
                addNew(Pair.key(merged, after), count, piece, found);
            }
            tokens[write++] = merged;
            read += 2;
        }
        lengths[piece] = write - start;
    }

    private void addNew(long key, long count, int piece, PairTable found) {
        counts.add(key, count);
        found.addPiece(key, piece);
    }

    private void enqueue(PairTable found) {
        found.forEachWithPieces(
                (key, pieceList, pieceCount) -> {
                    long count = counts.count(key);
                    if (count > 0) {
                        int left = (int) (key >>> 32);
                        heap.add(new Pair(left, (int) key, count, pieceList, pieceCount));
                    }
                });
    }

    /// Pairs with a count or a list of pieces, open-addressed.
    private static final class PairTable {
        private static final long EMPTY = -1;

        private long[] keys = new long[64];
        private long[] counts = new long[64];
        private int[][] pieces = new int[64][];
        private int[] pieceCounts = new int[64];
        private int size;

        PairTable() {
            Arrays.fill(keys, EMPTY);
        }

        long count(long key) {
            int slot = find(keys, key);
            return keys[slot] == EMPTY ? 0 : counts[slot];
        }

        void add(long key, long count) {
            int slot = slotOf(key);
            counts[slot] += count;
        }

        /// Remembers the piece once; the same piece comes only in one go.
        void addPiece(long key, int piece) {
            int slot = slotOf(key);
            int count = pieceCounts[slot];
            int @Nullable [] list = pieces[slot];
            if (list == null) {
                list = new int[2];
                pieces[slot] = list;
            } else if (list[count - 1] == piece) {
                return;
            } else if (count == list.length) {
                list = Arrays.copyOf(list, count * 2);
                pieces[slot] = list;
            }
            list[count] = piece;
            pieceCounts[slot] = count + 1;
        }

        interface Visitor {
            void visit(long key, int[] pieces, int pieceCount);
        }

        void forEachWithPieces(Visitor visitor) {
            for (int slot = 0; slot < keys.length; slot++) {
                int[] list = pieces[slot];
                if (keys[slot] != EMPTY && list != null) {
                    visitor.visit(keys[slot], list, pieceCounts[slot]);
                }
            }
        }

        private int slotOf(long key) {
            int slot = find(keys, key);
            if (keys[slot] != EMPTY) {
                return slot;
            }
            if (++size * 2 > keys.length) {
                grow();
                slot = find(keys, key);
            }
            keys[slot] = key;
            return slot;
        }

        private static int find(long[] keys, long key) {
            int mask = keys.length - 1;
            int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 34) & mask;
            while (keys[slot] != EMPTY && keys[slot] != key) {
                slot = slot + 1 & mask;
            }
            return slot;
        }

        private void grow() {
            long[] newKeys = new long[keys.length * 2];
            long[] newCounts = new long[newKeys.length];
            int[][] newPieces = new int[newKeys.length][];
            int[] newPieceCounts = new int[newKeys.length];
            Arrays.fill(newKeys, EMPTY);
            for (int old = 0; old < keys.length; old++) {
                if (keys[old] != EMPTY) {
                    int slot = find(newKeys, keys[old]);
                    newKeys[slot] = keys[old];
                    newCounts[slot] = counts[old];
                    newPieces[slot] = pieces[old];
                    newPieceCounts[slot] = pieceCounts[old];
                }
            }
            keys = newKeys;
            counts = newCounts;
            pieces = newPieces;
            pieceCounts = newPieceCounts;
        }
    }
}
