package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Algorithm;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Piece;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Type;
import dev.gyre.tokenizer.text.Charsmap;
import dev.gyre.tokenizer.text.PrefixSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads and writes SentencePiece's `.model` files (`sentencepiece_model.proto`, `ModelProto`).
///
/// ```java
/// Tokenizer tokenizer = SentencePieceFile.load(Path.of("tokenizer.model"));
/// ```
///
/// Ids, pieces and decoded text equal those of SentencePiece, for all four algorithms. Control
/// pieces, such as `</s>`, are special tokens.
public final class SentencePieceFile {
    /// Largest file that is read.
    public static final long MAX_FILE_BYTES = 128L << 20;

    private static final String DEFAULT_UNKNOWN_SURFACE = " \u2047 ";

    private SentencePieceFile() {}

    /// Loads a `.model` file.
    ///
    /// @throws IllegalArgumentException if the file is damaged or asks for something unsupported
    /// @throws java.io.UncheckedIOException if the file cannot be read
    public static Tokenizer load(Path file) {
        return load(file, TokenizerConfig.EMPTY);
    }

    /// Loads a `.model` file with what the tokenizer_config.json beside it says; see
    /// [#parse(byte[], TokenizerConfig)].
    static Tokenizer load(Path file, TokenizerConfig config) {
        return TokenizerFiles.load(file, MAX_FILE_BYTES, content -> parse(content, config));
    }

    /// Reads a `.model` file from memory.
    ///
    /// @throws IllegalArgumentException if it is damaged or asks for something unsupported
    public static Tokenizer parse(byte[] file) {
        return parse(file, TokenizerConfig.EMPTY);
    }

    /// Reads a `.model` file from memory, with what the tokenizer_config.json beside it puts around
    /// every text: the file itself cannot say that.
    ///
    /// @throws IllegalArgumentException if it is damaged or asks for something unsupported, or the
    ///   configuration adds a token that is none of its control tokens
    public static Tokenizer parse(byte[] file, TokenizerConfig config) {
        SentencePieceModel model = new Parsing().read(new WireReader(file, "the model"));
        return new Tokenizer(
                model.definition(
                        PostProcessor.around(
                                config.addsBosToken()
                                        ? control(model, "bos_token", config.bosToken())
                                        : List.of(),
                                config.addsEosToken()
                                        ? control(model, "eos_token", config.eosToken())
                                        : List.of())));
    }

    private static List<AddedToken> control(
            SentencePieceModel model, String part, @Nullable String text) {
        Integer id = text == null ? null : model.vocabulary().get(text);
        if (id == null || model.pieces().get(id).type() != Type.CONTROL) {
            throw new IllegalArgumentException(
                    "tokenizer_config.json has add_%s, but its %s \"%s\" is no control token of the .model"
                            .formatted(part, part, text));
        }
        return List.of(new AddedToken(id, model.pieces().get(id).text(), true, false));
    }

    /// What has been read so far, with protobuf's defaults.
    private static final class Parsing {
        private final List<Piece> pieces = new ArrayList<>();
        private Algorithm algorithm = Algorithm.UNIGRAM;
        private boolean byteFallback;
        private String unknownSurface = DEFAULT_UNKNOWN_SURFACE;
        private String rules = "";
        private @Nullable Charsmap charsmap;
        private boolean addsBlank = true;
        private boolean blankBehind;
        private boolean removesExtraBlanks = true;
        private boolean escapesBlanks = true;

        SentencePieceModel read(WireReader model) {
            for (int field = model.next(); field != 0; field = model.next()) {
                switch (field) {
                    case 1 -> pieces.add(readPiece(model.message("piece " + pieces.size())));
                    case 2 -> readTrainer(model.message("trainer_spec"));
                    case 3 -> readNormalizer(model.message("normalizer_spec"));
                    case 5 -> readDenormalizer(model.message("denormalizer_spec"));
                    default -> model.skip();
                }
            }
            List<String> userDefined = new ArrayList<>();
            for (Piece piece : pieces) {
                if (piece.type() == Type.USER_DEFINED) {
                    userDefined.add(piece.text());
                }
            }
            return new SentencePieceModel(
                    algorithm,
                    pieces,
                    byteFallback,
                    unknownSurface,
                    new Normalizer.SentencePiece(
                            rules,
                            charsmap,
                            addsBlank,
                            blankBehind,
                            removesExtraBlanks,
                            escapesBlanks,
                            PrefixSet.of(userDefined)));
        }

        private static Piece readPiece(WireReader piece) {
            String text = "";
            float score = 0;
            Type type = Type.NORMAL;
            for (int field = piece.next(); field != 0; field = piece.next()) {
                switch (field) {
                    case 1 -> text = piece.text();
                    case 2 -> score = piece.number();
                    case 3 -> type = type(piece.integer(), text);
                    default -> piece.skip();
                }
            }
            return new Piece(text, score, type);
        }

        private static Type type(int number, String text) {
            if (number < 1 || number > Type.values().length) {
                throw new IllegalArgumentException(
                        "piece \"%s\" has the unknown type %d".formatted(text, number));
            }
            return Type.values()[number - 1];
        }

        private void readTrainer(WireReader trainer) {
            for (int field = trainer.next(); field != 0; field = trainer.next()) {
                switch (field) {
                    case 3 -> {
                        int number = trainer.integer();
                        if (number < 1 || number > Algorithm.values().length) {
                            throw new IllegalArgumentException(
                                    "trainer_spec.model_type is %d; it must be 1 (unigram), 2 (bpe), 3 (word) or 4 (char)"
                                            .formatted(number));
                        }
                        algorithm = Algorithm.values()[number - 1];
                    }
                    case 24 -> blankBehind = trainer.flag();
                    case 35 -> byteFallback = trainer.flag();
                    case 44 -> unknownSurface = trainer.text();
                    default -> trainer.skip();
                }
            }
        }

        private void readNormalizer(WireReader normalizer) {
            for (int field = normalizer.next(); field != 0; field = normalizer.next()) {
                switch (field) {
                    case 1 -> rules = normalizer.text();
                    case 2 -> {
                        byte[] map = normalizer.bytes();
                        charsmap = map.length == 0 ? null : Charsmap.parse(map);
                    }
                    case 3 -> addsBlank = normalizer.flag();
                    case 4 -> removesExtraBlanks = normalizer.flag();
                    case 5 -> escapesBlanks = normalizer.flag();
                    default -> normalizer.skip();
                }
            }
        }

        private static void readDenormalizer(WireReader denormalizer) {
            for (int field = denormalizer.next(); field != 0; field = denormalizer.next()) {
                if (field == 2 && denormalizer.bytes().length > 0) {
                    throw new IllegalArgumentException(
                            "denormalizer_spec.precompiled_charsmap is not supported");
                } else if (field != 2) {
                    denormalizer.skip();
                }
            }
        }
    }

    /// The `.model` file of a tokenizer; the same tokenizer gives the same bytes.
    ///
    /// @throws IllegalArgumentException if the tokenizer is not SentencePiece's
    public static byte[] format(Tokenizer tokenizer) {
        if (!(tokenizer.definition().model() instanceof SentencePieceModel model)) {
            throw new IllegalArgumentException(
                    "a SentencePiece file cannot hold a "
                            + tokenizer.definition().model().getClass().getSimpleName()
                            + "; write tokenizer.json");
        }
        WireWriter file = new WireWriter();
        for (Piece piece : model.pieces()) {
            WireWriter message = new WireWriter().text(1, piece.text()).number(2, piece.score());
            if (piece.type() != Type.NORMAL) {
                message.integer(3, piece.type().ordinal() + 1);
            }
            file.message(1, message);
        }
        file.message(2, trainer(model));
        file.message(3, normalizer(model.normalizer()));
        return file.toByteArray();
    }

    private static WireWriter trainer(SentencePieceModel model) {
        WireWriter trainer = new WireWriter();
        trainer.integer(3, model.algorithm().ordinal() + 1);
        trainer.integer(4, model.pieces().size());
        trainer.flag(24, model.normalizer().blankBehind());
        trainer.flag(35, model.byteFallback());
        trainer.integer(40, model.unknownId());
        trainer.integer(41, idOf(model, "<s>"));
        trainer.integer(42, idOf(model, "</s>"));
        trainer.integer(43, idOf(model, "<pad>"));
        trainer.text(44, model.unknownSurface());
        return trainer.text(45, model.pieces().get(model.unknownId()).text());
    }

    private static int idOf(SentencePieceModel model, String control) {
        return model.vocabulary().getOrDefault(control, -1);
    }

    private static WireWriter normalizer(Normalizer.SentencePiece rules) {
        Charsmap map = rules.map();
        WireWriter normalizer = new WireWriter().text(1, rules.name());
        if (map != null) {
            normalizer.bytes(2, map.file());
        }
        return normalizer
                .flag(3, rules.addsBlank())
                .flag(4, rules.removesExtraBlanks())
                .flag(5, rules.escapesBlanks());
    }
}
