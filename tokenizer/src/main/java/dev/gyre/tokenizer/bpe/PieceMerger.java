package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.text.IdBuffer;
import java.util.Arrays;

/// Merges the bytes of one piece: always the pair of lowest rank, the leftmost of equals, until no
/// listed pair is left. Not for use by several threads at once.
final class PieceMerger {
    /// Longer pieces go over the heap: n log n instead of n², which a run of a million equal
    /// characters needs; below it the plain scan is faster.
    private static final int LONGEST_SCAN = 128;

    private final MergeTable merges;
    private final int[] byteIds;
    private final int[] ids = new int[LONGEST_SCAN];
    private final int[] ranks = new int[LONGEST_SCAN];

    /// @param byteIds id of each byte value, negative where the vocabulary has none
    PieceMerger(MergeTable merges, int[] byteIds) {
        this.merges = merges;
        this.byteIds = byteIds;
    }

    /// Appends the ids of the bytes from `start` to `end`.
    void merge(byte[] text, int start, int end, IdBuffer out) {
        if (end - start <= LONGEST_SCAN) {
            int count = symbols(text, start, end, ids);
            mergeByScan(count, out);
        } else {
            int[] symbols = new int[end - start];
            int count = symbols(text, start, end, symbols);
            new LongPiece(merges, symbols, count).mergeInto(out);
        }
    }

    /// One id a byte; bytes that the vocabulary lacks are left out.
    private int symbols(byte[] text, int start, int end, int[] symbols) {
        int count = 0;
        for (int i = start; i < end; i++) {
            int id = byteIds[text[i] & 0xFF];
            if (id >= 0) {
                symbols[count++] = id;
            }
        }
        return count;
    }

    private void mergeByScan(int symbolCount, IdBuffer out) {
        int count = symbolCount;
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
            if (best < count - 1) {
                System.arraycopy(ranks, best + 2, ranks, best + 1, count - best - 2);
                ranks[best] = merges.rank(ids[best], ids[best + 1]);
            }
            if (best > 0) {
                ranks[best - 1] = merges.rank(ids[best - 1], ids[best]);
            }
        }
        for (int i = 0; i < count; i++) {
            out.add(ids[i]);
        }
    }

    /// A piece as a linked list with a binary heap of `rank << 32 | position`. Entries that a later
    /// merge has outdated stay in the heap and are passed over.
    private static final class LongPiece {
        private static final int GONE = -1;

        private final MergeTable merges;
        private final int[] ids;
        private final int[] next;
        private final int[] previous;
        private final int[] ranks;
        private final int count;
        private long[] heap;
        private int heapSize;

        LongPiece(MergeTable merges, int[] ids, int count) {
            this.merges = merges;
            this.ids = ids;
            this.count = count;
            next = new int[count];
            previous = new int[count];
            ranks = new int[count];
            heap = new long[count + 16];
            for (int i = 0; i < count; i++) {
                next[i] = i + 1;
                previous[i] = i - 1;
            }
        }

        void mergeInto(IdBuffer out) {
            for (int i = 0; i < count; i++) {
                rankPairAt(i);
            }
            while (heapSize > 0) {
                long top = pop();
                int position = (int) top;
                int rank = (int) (top >>> 32);
                if (ids[position] != GONE && ranks[position] == rank) {
                    mergeAt(position, rank);
                }
            }
            for (int i = 0; i < count; i = next[i]) {
                out.add(ids[i]);
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
            ranks[position] = rank;
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
