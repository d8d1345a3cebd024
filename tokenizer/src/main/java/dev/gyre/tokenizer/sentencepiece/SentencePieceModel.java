package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Decoder;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.text.PieceTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A vocabulary of SentencePiece (Kudo and Richardson 2018) with the way it is normalised: all that
/// a `.model` file says of encoding and decoding.
///
/// @param algorithm how text becomes pieces
/// @param pieces by id
/// @param byteFallback whether what is unknown becomes the pieces of its bytes
/// @param unknownSurface what the unknown piece becomes when it is decoded
/// @param normalizer how text is changed first
public record SentencePieceModel(
        Algorithm algorithm,
        List<Piece> pieces,
        boolean byteFallback,
        String unknownSurface,
        Normalizer.SentencePiece normalizer)
        implements Model {
    /// How text becomes pieces.
    public enum Algorithm {
        /// The pieces with the greatest sum of scores (Kudo 2018).
        UNIGRAM,
        /// Merging the neighbours whose piece has the highest score.
        BPE,
        /// Whole words.
        WORD,
        /// Single characters.
        CHARACTER
    }

    /// What a piece is.
    public enum Type {
        /// Text.
        NORMAL,
        /// What the vocabulary lacks.
        UNKNOWN,
        /// Never found in text, decoded to nothing.
        CONTROL,
        /// Always one piece wherever its text stands.
        USER_DEFINED,
        /// Never used.
        UNUSED,
        /// A byte, `<0x00>` to `<0xFF>`.
        BYTE
    }

    /// A piece of the vocabulary.
    ///
    /// @param text blanks are written as U+2581
    public record Piece(String text, float score, Type type) {}

    /// @throws IllegalArgumentException if the pieces are no vocabulary
    public SentencePieceModel {
        pieces = List.copyOf(pieces);
        if (pieces.isEmpty() || pieces.size() > MAX_ID) {
            throw new IllegalArgumentException(
                    "the model has %d pieces; it must have 1 to %d"
                            .formatted(pieces.size(), MAX_ID));
        }
        Set<String> seen = new HashSet<>();
        int unknown = 0;
        int bytes = 0;
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            if (piece.text().isEmpty() || !seen.add(piece.text())) {
                throw new IllegalArgumentException(
                        "piece %d, \"%s\", is %s"
                                .formatted(
                                        id,
                                        piece.text(),
                                        piece.text().isEmpty() ? "empty" : "there twice"));
            }
            if (!Float.isFinite(piece.score())) {
                throw new IllegalArgumentException(
                        "piece %d, \"%s\", has the score %s; it must be finite"
                                .formatted(id, piece.text(), piece.score()));
            }
            unknown += piece.type() == Type.UNKNOWN ? 1 : 0;
            bytes += piece.type() == Type.BYTE ? 1 : 0;
            if (piece.type() == Type.BYTE && !piece.text().matches("<0x[0-9A-F]{2}>")) {
                throw new IllegalArgumentException(
                        "piece %d, \"%s\", is a byte; it must be spelled <0x00> to <0xFF>"
                                .formatted(id, piece.text()));
            }
        }
        if (unknown != 1) {
            throw new IllegalArgumentException(
                    "the model has %d unknown pieces; it must have one".formatted(unknown));
        }
        if (bytes != (byteFallback ? 256 : 0)) {
            throw new IllegalArgumentException(
                    "the model has %d byte pieces; it must have %s"
                            .formatted(
                                    bytes,
                                    byteFallback ? "all 256" : "none without byte_fallback"));
        }
    }

    @Override
    public Map<String, Integer> vocabulary() {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            ids.put(pieces.get(id).text(), id);
        }
        return ids;
    }

    /// Id of the unknown piece.
    public int unknownId() {
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == Type.UNKNOWN) {
                return id;
            }
        }
        throw new IllegalStateException("no unknown piece");
    }

    /// The texts of all pieces of a type.
    private List<String> texts(Type type) {
        List<String> texts = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece.type() == type) {
                texts.add(piece.text());
            }
        }
        return texts;
    }

    @Override
    public Encoders encoders(boolean byteLevel, Set<Integer> never) {
        return switch (algorithm) {
            case UNIGRAM -> new ScoredPaths(this);
            case BPE -> new ScoredMerges(this);
            case WORD, CHARACTER -> {
                PieceTable pieces = usedPieces();
                boolean words = algorithm == Algorithm.WORD;
                yield () -> new PieceLookup(this, pieces, words);
            }
        };
    }

    private PieceTable usedPieces() {
        PieceTable used = new PieceTable();
        for (int id = 0; id < pieces.size(); id++) {
            switch (pieces.get(id).type()) {
                case NORMAL, USER_DEFINED ->
                        used.put(pieces.get(id).text().getBytes(StandardCharsets.UTF_8), id);
                case UNKNOWN, CONTROL, UNUSED, BYTE -> {}
            }
        }
        return used;
    }

    /// Ids of the bytes 0 to 255 that unknown characters become; `null` for none.
    int @Nullable [] byteIds() {
        if (!byteFallback) {
            return null;
        }
        int[] byteIds = new int[256];
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            if (piece.type() == Type.BYTE) {
                byteIds[Integer.parseInt(piece.text().substring(3, 5), 16)] = id;
            }
        }
        return byteIds;
    }

    /// The whole tokenizer. Control pieces are special tokens.
    public TokenizerDefinition definition() {
        return definition(PostProcessor.NONE);
    }

    /// The whole tokenizer.
    ///
    /// @param around what is put around every text
    public TokenizerDefinition definition(PostProcessor around) {
        List<AddedToken> control = new ArrayList<>();
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == Type.CONTROL) {
                control.add(new AddedToken(id, pieces.get(id).text(), true, false));
            }
        }
        return new TokenizerDefinition(
                normalizer,
                PreTokenizer.NONE,
                this,
                control,
                around,
                new Decoder(
                        List.of(
                                new Decoder.SentencePiece(
                                        Set.copyOf(texts(Type.CONTROL)),
                                        pieces.get(unknownId()).text(),
                                        unknownSurface,
                                        byteFallback,
                                        normalizer.addsBlank() || normalizer.removesExtraBlanks(),
                                        normalizer.removesExtraBlanks()))));
    }
}
