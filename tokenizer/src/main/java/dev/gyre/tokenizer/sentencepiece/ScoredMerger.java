package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Merges the characters of a word as SentencePiece does: of all neighbours that together are a
/// piece those with the highest score first, of equal ones the leftmost. For one thread at a time.
///
/// Symbols are stretches of the text in a linked list; candidates stand in a binary heap as `rank
/// << 32 | symbol` and are passed over if a merge has changed one of their symbols. Most characters
/// of a script that the pieces hardly know are never merged: where no piece has the two characters
/// at a border side by side, none is looked for.
final class ScoredMerger implements StretchEncoder {
    private static final int NONE = -1;

    /// How deep a piece that is not to be used is taken apart, as in SentencePiece.
    private static final int DEEPEST = 100;

    private final ScoredMerges merges;
    private int[] starts = new int[64];
    private int[] ends = new int[64];

    /// Piece of each symbol; -1 for none.
    private int[] ids = new int[64];

    private int[] next = new int[64];
    private int[] previous = new int[64];

    /// For each symbol the piece that it makes with the next; -1 for none.
    private int[] pairs = new int[64];

    private boolean[] frozen = new boolean[64];

    /// Whether some piece may go across the beginning of a symbol.
    private boolean[] joins = new boolean[64];

    private long[] heap = new long[64];
    private int heapSize;
    private int count;

    /// How pieces that are not to be used were made: id to length of the left part.
    private final Map<Integer, Integer> lefts = new HashMap<>();

    ScoredMerger(ScoredMerges merges) {
        this.merges = merges;
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        symbols(text, start, end);
        lefts.clear();
        heapSize = 0;
        for (int i = 0; i < count; i++) {
            offer(text, i);
        }
        while (heapSize > 0) {
            long top = pop();
            int symbol = (int) top;
            int piece = pairs[symbol];
            if (piece != NONE && merges.ranks[piece] == (int) (top >>> 32)) {
                merge(text, symbol);
            }
        }
        PieceWriter writer = new PieceWriter(merges.unknownId, merges.byteIds, out);
        for (int i = 0; i < count; i = next[i]) {
            write(ids[i], text, starts[i], ends[i], 0, writer);
        }
    }

    private void symbols(byte[] text, int start, int end) {
        count = 0;
        int last = 0;
        for (int at = start; at < end; ) {
            if (count == starts.length) {
                grow();
            }
            int defined = merges.userDefined.longest(text, at, end);
            int symbolEnd = at + (defined > 0 ? defined : Utf8.size(text[at]));
            int first = Utf8.codePointAt(text, at);
            joins[count] = count > 0 && merges.areNeighbours(last, first);
            last = defined > 0 ? Utf8.codePointAt(text, Utf8.before(text, symbolEnd)) : first;
            ids[count] =
                    defined > 0
                            ? merges.pieces.get(text, at, symbolEnd)
                            : merges.idOf(first, text, at, symbolEnd);
            starts[count] = at;
            ends[count] = symbolEnd;
            frozen[count] = defined > 0;
            previous[count] = count - 1;
            next[count] = count + 1;
            count++;
            at = symbolEnd;
        }
    }

    private void grow() {
        int capacity = count * 2;
        starts = Arrays.copyOf(starts, capacity);
        ends = Arrays.copyOf(ends, capacity);
        ids = Arrays.copyOf(ids, capacity);
        next = Arrays.copyOf(next, capacity);
        previous = Arrays.copyOf(previous, capacity);
        pairs = Arrays.copyOf(pairs, capacity);
        frozen = Arrays.copyOf(frozen, capacity);
        joins = Arrays.copyOf(joins, capacity);
    }

    /// Looks whether a symbol makes a piece with the next.
    private void offer(byte[] text, int symbol) {
        pairs[symbol] = NONE;
        int right = next[symbol];
        if (right >= count || !joins[right] || frozen[symbol] || frozen[right]) {
            return;
        }
        int piece = merges.pieces.get(text, starts[symbol], ends[right]);
        if (piece >= 0) {
            pairs[symbol] = piece;
            push((long) merges.ranks[piece] << 32 | symbol);
            if (merges.unused[piece]) {
                lefts.put(piece, ends[symbol] - starts[symbol]);
            }
        }
    }

    private void merge(byte[] text, int symbol) {
        int right = next[symbol];
        ids[symbol] = pairs[symbol];
        ends[symbol] = ends[right];
        pairs[right] = NONE;
        next[symbol] = next[right];
        if (next[symbol] < count) {
            previous[next[symbol]] = symbol;
        }
        if (previous[symbol] >= 0) {
            offer(text, previous[symbol]);
        }
        offer(text, symbol);
    }

    /// Writes a symbol; one that is not to be used is taken apart again.
    private void write(int id, byte[] text, int start, int end, int depth, PieceWriter out) {
        if (id < 0 || !merges.unused[id] || depth > DEEPEST) {
            out.write(id, text, start, end);
            return;
        }
        Integer left = lefts.get(id);
        if (left == null) {
            out.write(NONE, text, start, end);
        } else {
            int middle = start + left;
            write(merges.pieces.get(text, start, middle), text, start, middle, depth + 1, out);
            write(merges.pieces.get(text, middle, end), text, middle, end, depth + 1, out);
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
        for (int child = 1; child < heapSize; child = 2 * hole + 1) {
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
