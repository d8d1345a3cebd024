package dev.gyre.tokenizer.sentencepiece;

import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Decoder;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.unigram.Lattice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    /// What an unknown character costs more than the rarest piece.
    private static final float UNKNOWN_PENALTY = 10;

    /// How text becomes pieces.
    public enum Algorithm {
        /// The pieces with the greatest sum of scores (Kudo 2018).
        UNIGRAM,
        /// Merging the neighbours whose piece has the highest score.
        BPE
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

    /// The texts of all pieces of a type, by id.
    List<String> texts(Type type) {
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
            case BPE -> new ScoredMerges(this);
            case UNIGRAM -> unigram();
        };
    }

    private Encoders unigram() {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (Piece piece : pieces) {
            if (piece.type() == Type.NORMAL) {
                least = Math.min(least, piece.score());
                most = Math.max(most, piece.score());
            }
        }
        Lattice.Builder lattice = Lattice.builder(unknownId(), least - UNKNOWN_PENALTY);
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            byte[] text = piece.text().getBytes(StandardCharsets.UTF_8);
            switch (piece.type()) {
                case NORMAL -> lattice.add(text, id, piece.score());
                // such a piece always wins
                case USER_DEFINED -> lattice.add(text, id, text.length * most - 0.1);
                case UNKNOWN, CONTROL, UNUSED, BYTE -> {}
            }
        }
        if (byteFallback) {
            lattice.withBytes(byteIds());
        }
        return lattice.inSinglePrecision().build();
    }

    /// Ids of the bytes 0 to 255; that of the unknown piece where one is missing.
    int[] byteIds() {
        Map<String, Integer> ids = vocabulary();
        int[] byteIds = new int[256];
        for (int value = 0; value < 256; value++) {
            byteIds[value] = ids.getOrDefault("<0x%02X>".formatted(value), unknownId());
        }
        return byteIds;
    }

    /// The whole tokenizer. Control pieces are special tokens.
    public TokenizerDefinition definition() {
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
                PostProcessor.NONE,
                new Decoder(
                        List.of(
                                new Decoder.SentencePiece(
                                        Set.copyOf(texts(Type.CONTROL)),
                                        pieces.get(unknownId()).text(),
                                        unknownSurface,
                                        normalizer.addsDummyPrefix()
                                                || normalizer.removesExtraBlanks(),
                                        normalizer.removesExtraBlanks()))));
    }
}
