package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Algorithm;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Piece;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Type;
import dev.gyre.tokenizer.text.Charsmap;
import dev.gyre.tokenizer.text.PrefixSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SentencePiece's vocabulary inside a GGUF file, as plain values of its `tokenizer.ggml.*` keys.
///
/// @param model `tokenizer.ggml.model`: `llama` (BPE by scores) or `t5` (Unigram)
/// @param tokens `tokenizer.ggml.tokens`, by id
/// @param scores `tokenizer.ggml.scores`, by id
/// @param tokenTypes `tokenizer.ggml.token_type`, by id: 1 normal, 2 unknown, 3 control, 4 user
///   defined, 5 unused, 6 byte
/// @param addsBlank `tokenizer.ggml.add_space_prefix`; true where the file says nothing
/// @param removesExtraBlanks `tokenizer.ggml.remove_extra_whitespaces`; false where the file says
///   nothing
/// @param map `tokenizer.ggml.precompiled_charsmap`; `null` for none
/// @param beginsText id that `tokenizer.ggml.add_bos_token` puts before every text; -1 for none
/// @param endsText id that `tokenizer.ggml.add_eos_token` puts behind every text; -1 for none
public record GgufPieces(
        String model,
        List<String> tokens,
        List<Float> scores,
        List<Integer> tokenTypes,
        boolean addsBlank,
        boolean removesExtraBlanks,
        @Nullable Charsmap map,
        int beginsText,
        int endsText) {
    private static final String UNKNOWN_SURFACE = " \u2047 ";

    /// @throws IllegalArgumentException if the lists do not fit together
    public GgufPieces {
        tokens = List.copyOf(tokens);
        scores = List.copyOf(scores);
        tokenTypes = List.copyOf(tokenTypes);
        if (tokens.size() != scores.size() || tokens.size() != tokenTypes.size()) {
            throw new IllegalArgumentException(
                    "tokenizer.ggml.tokens has %d entries, tokenizer.ggml.scores %d and tokenizer.ggml.token_type %d; they must be equal"
                            .formatted(tokens.size(), scores.size(), tokenTypes.size()));
        }
    }

    /// Whether a `tokenizer.ggml.model` is SentencePiece's.
    public static boolean isKind(String model) {
        return model.equals("llama") || model.equals("t5");
    }

    /// The tokenizer of this vocabulary; ids and text are those of SentencePiece.
    ///
    /// @throws IllegalArgumentException if the kind of vocabulary is not supported or it is damaged
    public Tokenizer tokenizer() {
        if (!isKind(model)) {
            throw new IllegalArgumentException(
                    "tokenizer.ggml.model %s is not SentencePiece's; llama and t5 are"
                            .formatted(model));
        }
        List<Piece> pieces = new ArrayList<>(tokens.size());
        List<String> userDefined = new ArrayList<>();
        boolean bytes = false;
        for (int id = 0; id < tokens.size(); id++) {
            Type type = type(id);
            pieces.add(new Piece(tokens.get(id), scores.get(id), type));
            bytes |= type == Type.BYTE;
            if (type == Type.USER_DEFINED) {
                userDefined.add(tokens.get(id));
            }
        }
        SentencePieceModel sentencePieces =
                new SentencePieceModel(
                        model.equals("t5") ? Algorithm.UNIGRAM : Algorithm.BPE,
                        pieces,
                        bytes,
                        UNKNOWN_SURFACE,
                        new Normalizer.SentencePiece(
                                map == null ? "identity" : "precompiled",
                                map,
                                addsBlank,
                                false,
                                removesExtraBlanks,
                                true,
                                PrefixSet.of(userDefined)));
        return new Tokenizer(
                sentencePieces.definition(
                        PostProcessor.around(frame("bos", beginsText), frame("eos", endsText))));
    }

    private Type type(int id) {
        int number = tokenTypes.get(id);
        if (number < 1 || number > Type.values().length) {
            throw new IllegalArgumentException(
                    "tokenizer.ggml.token_type %d of token %d is not supported"
                            .formatted(number, id));
        }
        return Type.values()[number - 1];
    }

    private List<AddedToken> frame(String key, int id) {
        if (id == -1) {
            return List.of();
        }
        if (id < 0 || id >= tokens.size() || type(id) != Type.CONTROL) {
            throw new IllegalArgumentException(
                    "tokenizer.ggml.%s_token_id is %d, which is no control token"
                            .formatted(key, id));
        }
        return List.of(new AddedToken(id, tokens.get(id), true, false));
    }
}
