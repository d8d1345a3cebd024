package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Piece;
import dev.gyre.tokenizer.text.ByteTrie;
import dev.gyre.tokenizer.text.StretchEncoder;
import dev.gyre.tokenizer.text.WordsApart;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What all encoders of SentencePiece's Unigram share.
final class ScoredPaths implements Model.Encoders {
    /// What an unknown character costs more than the rarest piece.
    private static final float UNKNOWN_PENALTY = 10;

    final ByteTrie trie;

    /// By id; that of the unknown piece is the score of an unknown character.
    final float[] scores;

    final int unknownId;
    final int @Nullable [] byteIds;

    /// The greatest absolute value among the scores.
    final float greatestScore;

    /// Whether no piece goes across the beginning of a word.
    final boolean wordsApart;

    ScoredPaths(SentencePieceModel model) {
        scores = new float[model.pieces().size()];
        unknownId = model.unknownId();
        byteIds = model.byteIds();
        ByteTrie.Builder builder = new ByteTrie.Builder();
        boolean apart = true;
        boolean blankKnown = false;
        float least = Float.MAX_VALUE;
        for (int id = 0; id < scores.length; id++) {
            Piece piece = model.pieces().get(id);
            byte[] text = piece.text().getBytes(StandardCharsets.UTF_8);
            switch (piece.type()) {
                case NORMAL -> {
                    scores[id] = piece.score();
                    least = Math.min(least, piece.score());
                }
                // so that it always wins
                case USER_DEFINED -> scores[id] = (float) (0.1 * (text.length - 1));
                case UNKNOWN, CONTROL, UNUSED, BYTE -> {
                    continue;
                }
            }
            builder.put(text, id);
            apart &= WordsApart.keepsTogether(piece.text());
            blankKnown |= piece.text().equals("\u2581");
        }
        trie = builder.build();
        scores[unknownId] = least - UNKNOWN_PENALTY;
        // an unknown visible blank would be fused with what stands before it
        wordsApart = apart && blankKnown;
        float greatest = 0;
        for (float score : scores) {
            greatest = Math.max(greatest, Math.abs(score));
        }
        greatestScore = greatest;
    }

    @Override
    public StretchEncoder pieceEncoder() {
        return new BestPath(this);
    }
}
