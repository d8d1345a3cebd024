package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.split.PieceScanner;
import dev.gyre.tokenizer.text.ByteLevel;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.StretchEncoder;
import java.util.Set;

/// What all encoders of a byte-level vocabulary share.
public final class ByteTables implements Model.Encoders {
    private final MergeTable merges;
    private final int[] byteIds;

    /// The tokens that a whole piece becomes without merging; empty for most vocabularies.
    private final PieceTable wholePieces = new PieceTable();

    ByteTables(BpeModel model, Set<Integer> never) {
        merges = model.mergeTable();
        byteIds = model.byteIds();
        if (model.options().wholePiecesFirst()) {
            model.vocabulary()
                    .forEach(
                            (token, id) -> {
                                if (!never.contains(id)) {
                                    wholePieces.put(ByteLevel.bytes(token), id);
                                }
                            });
        }
    }

    @Override
    public StretchEncoder pieceEncoder() {
        return new ByteEncoder();
    }

    /// An encoder that cuts text into pieces itself, in one go.
    public StretchEncoder encoder(PieceScanner scanner) {
        return new PieceEncoder(scanner, new ByteEncoder());
    }

    /// Encodes one piece after another.
    private final class ByteEncoder implements StretchEncoder {
        private final PieceMerger merger = new PieceMerger(merges);

        @Override
        public void encode(byte[] text, int start, int end, IdBuffer out) {
            int whole = wholePieces.get(text, start, end);
            if (whole >= 0) {
                out.add(whole, start, end);
                return;
            }
            merger.begin(end - start);
            for (int i = start; i < end; i++) {
                int id = byteIds[text[i] & 0xFF];
                if (id >= 0) {
                    merger.add(id, i);
                }
            }
            merger.merge(end, out);
        }
    }
}
