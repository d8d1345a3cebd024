package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.text.ByteTrie;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.PieceCache;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.text.WordsApart;
import java.util.Arrays;

/// Finds the pieces with the greatest sum of scores, as SentencePiece does: sums are kept in 32
/// bits from the beginning of the text on, and set back where they grow too large. For one thread
/// at a time.
///
/// SentencePiece goes through the whole text at once, so that rounding, and with it the choice
/// between nearly equal ways, hangs on what stands before. Where no piece goes across the beginning
/// of a word, the words are gone through one by one with the sum so far, which is the same; and
/// what a word became is remembered if its best way wins by more than rounding can ever change:
/// whatever stands before, the word becomes the same then, and only its scores need to be added.
/// Each word but the first begins with a blank that is known, so no unknown characters of two words
/// meet.
final class BestPath implements StretchEncoder {
    /// Sums beyond this are set back to zero.
    private static final float RESET = 100_000;

    /// What rounding changes at most in one addition of numbers below 2^17, doubled: half of 2^(16
    /// - 23), twice.
    private static final float ROUNDING = 1f / 128;

    private final ScoredPaths paths;
    private final PieceCache cache = new PieceCache();

    /// Up to this sum a short word cannot reach [#RESET].
    private final float largestCached;

    private float[] scores = new float[256];
    private float[] seconds = new float[256];
    private int[] starts = new int[256];
    private int[] ids = new int[256];

    BestPath(ScoredPaths paths) {
        this.paths = paths;
        largestCached = RESET - (PieceCache.LONGEST_PIECE + 1) * paths.greatestScore;
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        float sum = 0;
        for (int at = start; at < end; ) {
            int wordEnd = paths.wordsApart ? WordsApart.wordEnd(text, at, end) : end;
            int length = wordEnd - at;
            sum =
                    length <= PieceCache.LONGEST_PIECE
                                    && Math.abs(sum) <= largestCached
                                    && !out.keepsSpans()
                            ? remembered(text, at, length, sum, out)
                            : solve(text, at, length, sum, out);
            at = wordEnd;
        }
        if (scores.length > 1 << 16) {
            // so long a word is rare, and its memory better free
            scores = new float[256];
            seconds = new float[256];
            starts = new int[256];
            ids = new int[256];
        }
    }

    /// Encodes a word.
    ///
    /// @param sum of the scores before it
    /// @return the sum behind it
    private float remembered(byte[] text, int start, int length, float sum, IdBuffer out) {
        int before = out.size();
        long head = PieceCache.head(text, start, length);
        long tail = PieceCache.tail(text, start, length);
        if (!cache.copy(head, tail, out)) {
            float behind = solve(text, start, length, sum, out);
            if (winsClearly(text, start, length)) {
                cache.remember(head, tail, out, before);
            }
            return behind;
        }
        float behind = sum;
        for (int i = before; i < out.size(); i++) {
            behind += paths.scores[out.get(i)];
        }
        return behind;
    }

    private float solve(byte[] text, int start, int length, float sum, IdBuffer out) {
        reserve(length);
        Arrays.fill(starts, 0, length + 1, -1);
        scores[0] = sum;
        int frontier = 0;
        for (int at = 0; at < length; ) {
            if (scores[at] < -RESET || scores[at] > RESET) {
                setBack(at, frontier);
            }
            int size = Utf8.size(text[start + at]);
            boolean known = false;
            int node = ByteTrie.ROOT;
            for (int i = at; i < length; i++) {
                node = paths.trie.child(node, text[start + i]);
                if (node < 0) {
                    break;
                }
                int id = paths.trie.value(node);
                if (id >= 0) {
                    offer(at, i + 1, id);
                    frontier = Math.max(frontier, i + 1);
                    known |= i + 1 == at + size;
                }
            }
            if (!known) {
                offer(at, at + size, paths.unknownId);
                frontier = Math.max(frontier, at + size);
            }
            at += size;
        }
        write(text, start, length, out);
        return scores[length];
    }

    private void reserve(int length) {
        if (scores.length <= length) {
            int capacity = Math.max(length + 1, scores.length * 2);
            scores = new float[capacity];
            seconds = new float[capacity];
            starts = new int[capacity];
            ids = new int[capacity];
        }
    }

    private void setBack(int at, int frontier) {
        float offset = scores[at];
        for (int i = at; i <= frontier; i++) {
            if (i == at || starts[i] >= 0) {
                scores[i] -= offset;
                seconds[i] -= offset;
            }
        }
        scores[at] = 0;
    }

    private void offer(int from, int to, int id) {
        float sum = paths.scores[id] + scores[from];
        if (starts[to] < 0 || sum > scores[to]) {
            seconds[to] = starts[to] < 0 ? Float.NEGATIVE_INFINITY : scores[to];
            scores[to] = sum;
            starts[to] = from;
            ids[to] = id;
        } else if (sum > seconds[to]) {
            seconds[to] = sum;
        }
    }

    /// Writes the best way, and leaves its links turned around: `starts` then leads forward.
    private void write(byte[] text, int start, int length, IdBuffer out) {
        int end = length;
        int next = -1;
        while (end > 0) {
            int from = starts[end];
            starts[end] = next;
            next = end;
            end = from;
        }
        starts[0] = next;
        PieceWriter writer = new PieceWriter(paths.unknownId, paths.byteIds, out);
        for (int from = 0, to = next; to > 0; from = to, to = starts[to]) {
            writer.write(ids[to], text, start + from, start + to);
        }
    }

    /// Whether the word solved last becomes the same whatever stands before it, and its ids tell
    /// what was added to the sum: none of its pieces is chosen by less than rounding may change,
    /// and what is unknown is one id for each character. Each of two sums that are compared is
    /// wrong by half of `ROUNDING` times its pieces, here and elsewhere.
    private boolean winsClearly(byte[] text, int start, int length) {
        float margin = 2 * ROUNDING * Utf8.count(text, start, start + length);
        boolean afterUnknown = false;
        for (int to = starts[0]; to > 0; to = starts[to]) {
            boolean unknown = ids[to] == paths.unknownId;
            boolean oneId = !unknown || paths.byteIds == null && !afterUnknown;
            if (!oneId || !(scores[to] - seconds[to] > margin)) {
                return false;
            }
            afterUnknown = unknown;
        }
        return true;
    }
}
