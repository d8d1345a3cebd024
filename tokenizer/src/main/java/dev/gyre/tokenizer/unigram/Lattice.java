package dev.gyre.tokenizer.unigram;

import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/// Finds the best path through all ways of cutting a text into tokens. For one thread at a time.
///
/// For each place in the text the best way to get there is kept: its score, the token that ends
/// there and where that token begins. Time grows with the text's length times the longest token's.
final class Lattice implements StretchEncoder {
    /// What an unknown character costs more than the rarest token.
    private static final double UNKNOWN_PENALTY = 10;

    private final Tables tables;
    private double[] scores = new double[256];
    private int[] starts = new int[256];
    private int[] ids = new int[256];

    Lattice(Tables tables) {
        this.tables = tables;
    }

    /// What all encoders of one vocabulary share.
    static final class Tables {
        private final ByteTrie trie;
        private final double[] scores;
        private final int unknownId;
        private final double unknownScore;
        private final int[] byteIds = new int[256];
        private final boolean byteFallback;

        Tables(UnigramModel model, Set<Integer> never) {
            int size = model.tokens().size();
            scores = new double[size];
            double least = Double.POSITIVE_INFINITY;
            ByteTrie.Builder builder = new ByteTrie.Builder();
            for (int id = 0; id < size; id++) {
                UnigramModel.Token token = model.tokens().get(id);
                scores[id] = token.score();
                least = Math.min(least, token.score());
                if (!token.text().isEmpty() && !never.contains(id)) {
                    builder.put(token.text().getBytes(StandardCharsets.UTF_8), id);
                }
            }
            trie = builder.build();
            Integer unknown = model.unknownId();
            unknownId = unknown == null ? -1 : unknown;
            unknownScore = least - UNKNOWN_PENALTY;
            boolean all = true;
            for (int value = 0; value < 256; value++) {
                byte[] spelled = "<0x%02X>".formatted(value).getBytes(StandardCharsets.UTF_8);
                byteIds[value] = trie.get(spelled);
                all &= byteIds[value] >= 0;
            }
            byteFallback = model.byteFallback() && all;
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
                int id = tables.trie.value(node);
                if (id >= 0) {
                    offer(at, i + 1, id, tables.scores[id]);
                    known |= i + 1 == at + size;
                }
            }
            if (!known) {
                if (tables.unknownId < 0) {
                    throw new IllegalArgumentException(
                            "the text has U+%04X, which the vocabulary lacks, and there is no unknown token (unk_id)"
                                    .formatted(Utf8.codePointAt(text, start + at)));
                }
                offer(at, at + size, tables.unknownId, tables.unknownScore);
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

    private void offer(int from, int to, int id, double score) {
        double sum = score + scores[from];
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
            if (id == tables.unknownId && tables.byteFallback) {
                for (int i = from; i < to; i++) {
                    out.add(tables.byteIds[text[start + i] & 0xFF], start + from, start + to);
                }
            } else {
                out.add(id, start + from, start + to);
            }
            from = to;
            to = after;
        }
    }
}
