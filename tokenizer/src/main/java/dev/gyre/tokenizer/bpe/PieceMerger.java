package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.text.IdBuffer;
import java.util.Arrays;

/// Merges the symbols of one piece: always the pair of lowest rank, the leftmost of equals, until
/// no listed pair is left. Not for use by several threads at once.
///
/// A caller writes its symbols into [#ids] and [#starts] and calls [#merge].
final class PieceMerger {
    /// Longer pieces go over the heap: n log n instead of n², which a run of a million equal
    /// characters needs; below it the plain scan is faster.
    private static final int LONGEST_SCAN = 128;

    private final MergeTable merges;
    private final int[] ranks = new int[LONGEST_SCAN];
    private int[] ids = new int[LONGEST_SCAN];
    private int[] starts = new int[LONGEST_SCAN];
    private int count;

    PieceMerger(MergeTable merges) {
        this.merges = merges;
    }

    /// Forgets the symbols of the last piece.
    ///
    /// @param most symbols that may come
    void begin(int most) {
        count = 0;
        if (ids.length < most) {
            ids = new int[most];
            starts = new int[most];
        } else if (ids.length > LONGEST_SCAN && most <= LONGEST_SCAN) {
            // a long piece is rare, and its memory better free
            ids = new int[LONGEST_SCAN];
            starts = new int[LONGEST_SCAN];
        }
    }

    /// Adds a symbol.
    ///
    /// @param start its first byte in the text
    void add(int id, int start) {
        ids[count] = id;
        starts[count] = start;
        count++;
    }

    /// Number of symbols so far.
    int count() {
        return count;
    }

    /// The last symbol's id.
    int lastId() {
        return ids[count - 1];
    }

    /// Appends what the symbols become.
    ///
    /// @param end the byte behind the last symbol
    void merge(int end, IdBuffer out) {
        if (count <= LONGEST_SCAN) {
            mergeByScan(end, out);
        } else {
            new LongPiece().mergeInto(end, out);
        }
    }

    private void mergeByScan(int end, IdBuffer out) {
        for (int i = 0; i + 1 < count; i++) {
            ranks[i] = merges.rank(ids[i], ids[i + 1]);
        }
        while (count > 1) {
            int best = 0;
            for (int i = 1; i < count - 1; i++) {
                if (ranks[i] < ranks[best]) {
                    best = i;
                }
            }
            if (ranks[best] == MergeTable.NONE) {
                break;
            }
            ids[best] = merges.merged(ranks[best]);
            count--;
            System.arraycopy(ids, best + 2, ids, best + 1, count - best - 1);
            System.arraycopy(starts, best + 2, starts, best + 1, count - best - 1);
            if (best < count - 1) {
                System.arraycopy(ranks, best + 2, ranks, best + 1, count - best - 2);
                ranks[best] = merges.rank(ids[best], ids[best + 1]);
            }
            if (best > 0) {
                ranks[best - 1] = merges.rank(ids[best - 1], ids[best]);
            }
        }
        for (int i = 0; i < count; i++) {
            out.add(ids[i], starts[i], i + 1 < count ? starts[i + 1] : end);
        }
    }

    /// A piece as a linked list with a binary heap of `rank << 32 | position`. Entries that a later
    /// merge has outdated stay in the heap and are passed over.
    private final class LongPiece {
        private static final int GONE = -1;

        private final int[] next = new int[count];
        private final int[] previous = new int[count];
        private final int[] pairRanks = new int[count];
        private long[] heap = new long[count + 16];
        private int heapSize;

        void mergeInto(int end, IdBuffer out) {
            for (int i = 0; i < count; i++) {
                next[i] = i + 1;
                previous[i] = i - 1;
            }
            for (int i = 0; i < count; i++) {
                rankPairAt(i);
            }
            while (heapSize > 0) {
                long top = pop();
                int position = (int) top;
                int rank = (int) (top >>> 32);
                if (ids[position] != GONE && pairRanks[position] == rank) {
                    mergeAt(position, rank);
                }
            }
            for (int i = 0; i < count; i = next[i]) {
                out.add(ids[i], starts[i], next[i] < count ? starts[next[i]] : end);
            }
        }

        private void mergeAt(int position, int rank) {
            int right = next[position];
            int afterRight = next[right];
            ids[position] = merges.merged(rank);
            ids[right] = GONE;
            next[position] = afterRight;
            if (afterRight < count) {
                previous[afterRight] = position;
            }
            rankPairAt(position);
            if (previous[position] >= 0) {
                rankPairAt(previous[position]);
            }
        }

        private void rankPairAt(int position) {
            int right = next[position];
            int rank = right < count ? merges.rank(ids[position], ids[right]) : MergeTable.NONE;
            pairRanks[position] = rank;
            if (rank != MergeTable.NONE) {
                push((long) rank << 32 | position);
            }
        }

        private void push(long entry) {
            if (heapSize == heap.length) {
                heap = Arrays.copyOf(heap, heapSize * 2);
            }
            int hole = heapSize++;
            while (hole > 0 && heap[(hole - 1) / 2] > entry) {
                heap[hole] = heap[(hole - 1) / 2];
                hole = (hole - 1) / 2;
            }
            heap[hole] = entry;
        }

        private long pop() {
            long top = heap[0];
            long last = heap[--heapSize];
            int hole = 0;
            while (true) {
                int child = 2 * hole + 1;
                if (child >= heapSize) {
                    break;
                }
                if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                    child++;
                }
                if (heap[child] >= last) {
                    break;
                }
                heap[hole] = heap[child];
                hole = child;
            }
            heap[hole] = last;
            return top;
        }
    }
}
