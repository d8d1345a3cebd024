package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.text.CachedEncoder;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.text.WordsApart;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/// What all encoders of a vocabulary over characters share.
final class CharacterTables implements Model.Encoders {
    private final BpeModel.Options options;
    private final MergeTable merges;
    private final PieceTable tokens = new PieceTable();
    private final int unknownId;

    /// Ids of `<0x00>` to `<0xFF>`; -1 where the vocabulary lacks one.
    private final int[] byteIds = new int[256];

    /// Whether no token has a visible blank behind another character: then no merge goes across the
    /// beginning of a word, and words can be encoded, and remembered, one by one.
    private final boolean wordsApart;

    CharacterTables(BpeModel model, Set<Integer> never) {
        options = model.options();
        merges = model.mergeTable();
        unknownId = model.unknownId();
        boolean apart = options.continuingPrefix().isEmpty() && options.endOfWordSuffix().isEmpty();
        for (var entry : model.vocabulary().entrySet()) {
            if (!never.contains(entry.getValue())) {
                tokens.put(entry.getKey().getBytes(StandardCharsets.UTF_8), entry.getValue());
            }
            apart &= WordsApart.keepsTogether(entry.getKey());
        }
        for (int value = 0; value < 256; value++) {
            byteIds[value] = model.vocabulary().getOrDefault("<0x%02X>".formatted(value), -1);
        }
        boolean allKnown = options.byteFallback() && Arrays.stream(byteIds).allMatch(id -> id >= 0);
        wordsApart = apart && !options.wholePiecesFirst() && (allKnown || !options.fuseUnknown());
    }

    @Override
    public StretchEncoder pieceEncoder() {
        StretchEncoder cached = new CachedEncoder(new CharacterEncoder());
        return wordsApart ? new WordsApart(cached) : cached;
    }

    /// Encodes one piece after another.
    private final class CharacterEncoder implements StretchEncoder {
        private final PieceMerger merger = new PieceMerger(merges);
        private final byte[] suffix = options.endOfWordSuffix().getBytes(StandardCharsets.UTF_8);
        private final byte[] prefix = options.continuingPrefix().getBytes(StandardCharsets.UTF_8);
        private final byte[] spelled = new byte[4 + prefix.length + suffix.length];

        @Override
        public void encode(byte[] text, int start, int end, IdBuffer out) {
            if (options.wholePiecesFirst()) {
                int whole = tokens.get(text, start, end);
                if (whole >= 0) {
                    out.add(whole, start, end);
                    return;
                }
            }
            merger.begin(end - start);
            boolean unknown = false;
            for (int at = start; at < end; ) {
                int next = at + Utf8.size(text[at]);
                int id = symbol(text, at, next, at > start, next == end);
                if (id >= 0) {
                    merger.add(id, at);
                    unknown = false;
                } else if (options.byteFallback() && hasBytes(text, at, next)) {
                    for (int i = at; i < next; i++) {
                        merger.add(byteIds[text[i] & 0xFF], i);
                    }
                    unknown = false;
                } else if (unknownId >= 0) {
                    if (!unknown || !options.fuseUnknown()) {
                        merger.add(unknownId, at);
                    }
                    unknown = true;
                }
                at = next;
            }
            merger.merge(end, out);
        }

        private int symbol(byte[] text, int start, int end, boolean continues, boolean ends) {
            int before = continues ? prefix.length : 0;
            int after = ends ? suffix.length : 0;
            if (before + after == 0) {
                return tokens.get(text, start, end);
            }
            System.arraycopy(prefix, 0, spelled, 0, before);
            System.arraycopy(text, start, spelled, before, end - start);
            System.arraycopy(suffix, 0, spelled, before + end - start, after);
            return tokens.get(spelled, 0, before + end - start + after);
        }

        private boolean hasBytes(byte[] text, int start, int end) {
            for (int i = start; i < end; i++) {
                if (byteIds[text[i] & 0xFF] < 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
