package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.split.PieceScanner;
import dev.gyre.tokenizer.text.ByteLevel;
import dev.gyre.tokenizer.text.IdBuffer;
import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.StretchEncoder;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What all encoders of a byte-level vocabulary share.
public final class ByteTables implements Model.Encoders {
    private final MergeTable merges;
    private final int[] byteIds;

    /// How the tokens are merged; `null` where the merges do not allow to encode without merging.
    private final @Nullable MergeTree tree;

    private final TokenTable table;

    /// The tokens that a whole piece becomes and no merging makes; empty for most vocabularies.
    private final PieceTable wholePieces = new PieceTable();

    /// `null` where a part of a piece may become something else than it would alone.
    private final @Nullable CharacterBorders borders;

    /// Tables of tokens that were learnt in the order of their ids: all of them are merged.
    ByteTables(RankedTokens tokens) {
        merges = tokens.mergeTable();
        tree = tokens.tree();
        table = tokens.table();
        byteIds = new int[256];
        for (int value = 0; value < byteIds.length; value++) {
            byteIds[value] = table.id(table.placeOf((byte) value));
        }
        borders = new CharacterBorders(table);
    }

    ByteTables(BpeModel model, Set<Integer> never) {
        merges = model.mergeTable();
        byteIds = model.byteIds();
        int[] ownIds = byteIds.clone();
        for (int missing : model.missingBytes()) {
            ownIds[missing] = -1;
        }
        int tokenCount = model.tokensById().size();
        tree = MergeTree.of(merges, ownIds, tokenCount);
        byte[] @Nullable [] reached = new byte[tokenCount][];
        for (int value = 0; value < ownIds.length; value++) {
            if (ownIds[value] >= 0) {
                reached[ownIds[value]] = new byte[] {(byte) value};
            }
        }
        for (Map.Entry<String, Integer> token : model.vocabulary().entrySet()) {
            int id = token.getValue();
            if (tree != null && tree.isMerged(id)) {
                reached[id] = ByteLevel.bytes(token.getKey());
            } else if (reached[id] == null
                    && model.options().wholePiecesFirst()
                    && !never.contains(id)) {
                wholePieces.put(ByteLevel.bytes(token.getKey()), id);
            }
        }
        table = new TokenTable(reached);
        if (tree != null) {
            tree.seal(table);
        }
        boolean partsAreAlone =
                tree != null && wholePieces.isEmpty() && model.missingBytes().isEmpty();
        borders = partsAreAlone ? new CharacterBorders(table) : null;
    }

    /// Whether the merges are such that the quick way gives what they give.
    boolean encodesWithoutMerging() {
        return tree != null;
    }

    @Override
    public StretchEncoder pieceEncoder() {
        return encoder(PieceScanner.WHOLE);
    }

    /// An encoder that cuts text into pieces itself, in one go.
    public StretchEncoder encoder(PieceScanner scanner) {
        LongestFirst longestFirst = tree == null ? null : new LongestFirst(table, tree);
        return new PieceEncoder(scanner, wholePieces, borders, longestFirst, new Merging());
    }

    /// Looks whole pieces up and merges the others, one piece after another.
    private final class Merging implements StretchEncoder {
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
