package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Piece;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Type;
import dev.gyre.tokenizer.text.CachedEncoder;
import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.PrefixSet;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.text.WordsApart;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What all encoders of SentencePiece's BPE share. Two neighbours may be merged if together they
/// are a piece; its score says how early.
final class ScoredMerges implements Model.Encoders {
    private static final byte[] VISIBLE_BLANK = "\u2581".getBytes(StandardCharsets.UTF_8);
    private static final int NEIGHBOUR_BITS = 20;
    private static final int TABLE_SIZE = 0x10000;

    /// Ids of the pieces that merging can make, and of single characters.
    final PieceTable pieces = new PieceTable();

    /// For each id the rank of its score: the highest score has the lowest, equal scores share one.
    final int[] ranks;

    final boolean[] unused;
    final PrefixSet userDefined;
    final int unknownId;

    final int @Nullable [] byteIds;

    /// Ids of characters below [#TABLE_SIZE]; -1 for those that are no piece.
    private final int[] characters = new int[TABLE_SIZE];

    /// A bit for the hash of each two characters that stand side by side in some piece.
    private final long[] neighbours = new long[1 << NEIGHBOUR_BITS - 6];

    private final boolean wordsApart;

    ScoredMerges(SentencePieceModel model) {
        int size = model.pieces().size();
        ranks = new int[size];
        unused = new boolean[size];
        userDefined = model.normalizer().userDefined();
        unknownId = model.unknownId();
        byteIds = model.byteIds();
        Arrays.fill(characters, -1);
        boolean apart = true;
        for (int id = 0; id < size; id++) {
            Piece piece = model.pieces().get(id);
            switch (piece.type()) {
                case NORMAL, USER_DEFINED, UNUSED -> put(piece.text(), id);
                case UNKNOWN, CONTROL, BYTE -> {}
            }
            unused[id] = piece.type() == Type.UNUSED;
            apart &= WordsApart.keepsTogether(piece.text());
        }
        for (int id = 0; id < size; id++) {
            // what a piece that is not to be used becomes hangs on the whole text
            apart &= !unused[id] || !canBeMade(model.pieces().get(id).text());
        }
        // a visible blank that is unknown would be fused with what stands before it
        wordsApart = apart && pieces.get(VISIBLE_BLANK, 0, VISIBLE_BLANK.length) >= 0;
        rank(model);
    }

    private void put(String piece, int id) {
        pieces.put(piece.getBytes(StandardCharsets.UTF_8), id);
        int[] codePoints = piece.codePoints().toArray();
        if (codePoints.length == 1 && codePoints[0] < TABLE_SIZE) {
            characters[codePoints[0]] = id;
        }
        for (int i = 1; i < codePoints.length; i++) {
            int bit = neighbourBit(codePoints[i - 1], codePoints[i]);
            neighbours[bit >> 6] |= 1L << bit;
        }
    }

    /// Whether some piece may have two characters side by side; never `false` where one has.
    boolean areNeighbours(int left, int right) {
        int bit = neighbourBit(left, right);
        return (neighbours[bit >> 6] >>> bit & 1) != 0;
    }

    private static int neighbourBit(int left, int right) {
        return (int) (((long) left << 21 | right) * 0x9E3779B97F4A7C15L >>> 64 - NEIGHBOUR_BITS);
    }

    /// The piece that is one character; -1 if there is none.
    ///
    /// @param start where it stands in the text
    int idOf(int character, byte[] text, int start, int end) {
        return character < TABLE_SIZE ? characters[character] : pieces.get(text, start, end);
    }

    /// Whether merging can come to a piece: it is one character, or two pieces or characters make
    /// it.
    private boolean canBeMade(String piece) {
        byte[] text = piece.getBytes(StandardCharsets.UTF_8);
        boolean made = isCharacter(text, 0, text.length);
        for (int middle = 1; middle < text.length && !made; middle++) {
            made = isSymbol(text, 0, middle) && isSymbol(text, middle, text.length);
        }
        return made;
    }

    private boolean isSymbol(byte[] text, int start, int end) {
        return isCharacter(text, start, end) || pieces.get(text, start, end) >= 0;
    }

    private static boolean isCharacter(byte[] text, int start, int end) {
        return Utf8.size(text[start]) == end - start;
    }

    private void rank(SentencePieceModel model) {
        int[] order =
                IntStream.range(0, ranks.length)
                        .boxed()
                        .sorted(
                                (a, b) ->
                                        Float.compare(
                                                model.pieces().get(b).score(),
                                                model.pieces().get(a).score()))
                        .mapToInt(Integer::intValue)
                        .toArray();
        int rank = 0;
        for (int i = 0; i < order.length; i++) {
            if (i > 0
                    && Float.compare(
                                    model.pieces().get(order[i]).score(),
                                    model.pieces().get(order[i - 1]).score())
                            != 0) {
                rank++;
            }
            ranks[order[i]] = rank;
        }
    }

    @Override
    public StretchEncoder pieceEncoder() {
        StretchEncoder words = new CachedEncoder(new ScoredMerger(this));
        return wordsApart ? new WordsApart(words) : words;
    }
}
