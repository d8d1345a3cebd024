package dev.gyre.tokenizer.unigram;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.text.ByteTrie;
import dev.gyre.tokenizer.text.CachedEncoder;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the best path through all ways of cutting a text into tokens. For one thread at a time.
///
/// For each place in the text the best way to get there is kept: its score, the token that ends
/// there and where that token begins. Time grows with the text's length times the longest token's.
final class Lattice implements StretchEncoder {
    private final Tables tables;
    private double[] scores = new double[256];
    private int[] starts = new int[256];
    private int[] ids = new int[256];

    private Lattice(Tables tables) {
        this.tables = tables;
    }

    /// Begins a vocabulary.
    ///
    /// @param unknownId id of the token for characters that the vocabulary lacks; -1 if they are an
    ///   error
    /// @param unknownScore its score for one character
    static Builder builder(int unknownId, double unknownScore) {
        return new Builder(unknownId, unknownScore);
    }

    /// What all encoders of one vocabulary share.
    ///
    /// @param scores by index of the trie's values
    /// @param ids by index of the trie's values
    /// @param byteIds ids of the bytes that unknown characters become; `null` for none
    private record Tables(
            ByteTrie trie,
            double[] scores,
            int[] ids,
            int unknownId,
            double unknownScore,
            int @Nullable [] byteIds) {}

    /// Collects a vocabulary.
    static final class Builder {
        private final ByteTrie.Builder trie = new ByteTrie.Builder();
        private final int unknownId;
        private final double unknownScore;
        private double[] scores = new double[1 << 10];
        private int[] ids = new int[1 << 10];
        private int size;
        private int @Nullable [] byteIds;

        private Builder(int unknownId, double unknownScore) {
            this.unknownId = unknownId;
            this.unknownScore = unknownScore;
        }

        /// Adds a token that is not empty and not there yet.
        void add(byte[] token, int id, double score) {
            if (size == ids.length) {
                scores = Arrays.copyOf(scores, size * 2);
                ids = Arrays.copyOf(ids, size * 2);
            }
            scores[size] = score;
            ids[size] = id;
            trie.put(token, size++);
        }

        /// Lets unknown characters become the tokens of their bytes.
        ///
        /// @param byteIds ids of the bytes 0 to 255
        void withBytes(int[] byteIds) {
            this.byteIds = byteIds.clone();
        }

        /// The encoders of this vocabulary.
        Model.Encoders build() {
            Tables tables = new Tables(trie.build(), scores, ids, unknownId, unknownScore, byteIds);
            return () -> new CachedEncoder(new Lattice(tables));
        }
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        int length = end - start;
        if (scores.length <= length) {
            int capacity = Math.max(length + 1, scores.length * 2);
            scores = new double[capacity];
            starts = new int[capacity];
            ids = new int[capacity];
        }
        Arrays.fill(starts, 0, length + 1, -1);
        scores[0] = 0;
        for (int at = 0; at < length; ) {
            int size = Utf8.size(text[start + at]);
            boolean known = false;
            int node = ByteTrie.ROOT;
            for (int i = at; i < length; i++) {
                node = tables.trie.child(node, text[start + i]);
                if (node < 0) {
                    break;
                }
                int token = tables.trie.value(node);
                if (token >= 0) {
                    offer(at, i + 1, tables.ids[token], tables.scores[token] + scores[at]);
                    known |= i + 1 == at + size;
                }
            }
            if (!known) {
                if (tables.unknownId < 0) {
                    throw new IllegalArgumentException(
                            "the text has U+%04X, which the vocabulary lacks, and there is no unknown token (unk_id)"
                                    .formatted(Utf8.codePointAt(text, start + at)));
                }
                double sum = tables.unknownScore + scores[at];
                offer(at, at + size, tables.unknownId, sum);
            }
            at += size;
        }
        write(text, start, length, out);
        if (scores.length > 1 << 16) {
            // a long piece is rare, and its memory better free
            scores = new double[256];
            starts = new int[256];
            ids = new int[256];
        }
    }

    private void offer(int from, int to, int id, double sum) {
        if (starts[to] < 0 || sum > scores[to]) {
            scores[to] = sum;
            starts[to] = from;
            ids[to] = id;
        }
    }

    /// Follows the best path back, turns its links around, and writes its tokens; neighbours that
    /// are unknown become one.
    private void write(byte[] text, int start, int length, IdBuffer out) {
        int end = length;
        int next = -1;
        while (end > 0) {
            int from = starts[end];
            starts[end] = next;
            next = end;
            end = from;
        }
        int from = 0;
        int to = next;
        while (to > 0) {
            int id = ids[to];
            int after = starts[to];
            while (id == tables.unknownId && after > 0 && ids[after] == id) {
                to = after;
                after = starts[to];
            }
            int[] byteIds = tables.byteIds;
            if (id == tables.unknownId && byteIds != null) {
                for (int i = from; i < to; i++) {
                    out.add(byteIds[text[start + i] & 0xFF], start + from, start + to);
                }
            } else {
                out.add(id, start + from, start + to);
            }
            from = to;
            to = after;
        }
    }
}
