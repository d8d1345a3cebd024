package dev.gyre.model;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.GgufPieces;
import dev.gyre.tokenizer.formats.GgufVocabulary;
import dev.gyre.tokenizer.text.Charsmap;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `tokenizer.*` keys of a GGUF file → a tokenizer and its configuration.
public final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";

    private GgufTokenizer() {}

    static Tokenizer tokenizer(GgufMetadata metadata, ModelConfig config) {
        Tokenizer tokenizer = tokenizer(metadata);
        ModelImport.checkVocabulary(tokenizer, config);
        return tokenizer;
    }

    /// The tokenizer that a GGUF file brings.
    ///
    /// @throws IllegalArgumentException if keys are missing or the vocabulary is not supported
    public static Tokenizer tokenizer(GgufMetadata metadata) {
        String model = required(PREFIX + "model", metadata.string(PREFIX + "model"));
        List<String> tokens = required(PREFIX + "tokens", metadata.strings(PREFIX + "tokens"));
        long[] given = metadata.integers(PREFIX + "token_type");
        List<Integer> types =
                given == null
                        ? tokens.stream().map(_ -> 1).toList()
                        : Arrays.stream(given).mapToObj(Math::toIntExact).toList();
        if (GgufPieces.isKind(model)) {
            return pieces(metadata, model, tokens, types).tokenizer();
        }
        int begins = frame(metadata, "bos", false);
        if (frame(metadata, "eos", false) >= 0) {
            throw new IllegalArgumentException(
                    PREFIX + "add_eos_token is true, which is not supported");
        }
        return new GgufVocabulary(
                        model,
                        required(PREFIX + "pre", metadata.string(PREFIX + "pre")),
                        tokens,
                        types,
                        required(PREFIX + "merges", metadata.strings(PREFIX + "merges")),
                        begins)
                .tokenizer();
    }

    private static GgufPieces pieces(
            GgufMetadata metadata, String model, List<String> tokens, List<Integer> types) {
        double[] scores = required(PREFIX + "scores", metadata.numbers(PREFIX + "scores"));
        long[] map = metadata.integers(PREFIX + "precompiled_charsmap");
        boolean unigram = model.equals("t5");
        return new GgufPieces(
                model,
                tokens,
                Arrays.stream(scores).mapToObj(score -> (float) score).toList(),
                types,
                flag(metadata, "add_space_prefix", true),
                flag(metadata, "remove_extra_whitespaces", false),
                map == null || map.length == 0 ? null : Charsmap.parse(bytes(map)),
                // as llama.cpp has it where the file says nothing
                frame(metadata, "bos", !unigram),
                frame(metadata, "eos", unigram));
    }

    private static byte[] bytes(long[] values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static boolean flag(GgufMetadata metadata, String key, boolean otherwise) {
        Boolean value = metadata.bool(PREFIX + key);
        return value == null ? otherwise : value;
    }

    /// Id that is put around every text; -1 for none.
    private static int frame(GgufMetadata metadata, String key, boolean otherwise) {
        Long id = metadata.integer(PREFIX + key + "_token_id");
        return id != null && flag(metadata, "add_" + key + "_token", otherwise)
                ? Math.toIntExact(id)
                : -1;
    }

    static TokenizerConfig config(GgufMetadata metadata, ModelConfig config) {
        List<String> tokens = required(PREFIX + "tokens", metadata.strings(PREFIX + "tokens"));
        Long unknown = metadata.integer(PREFIX + "unknown_token_id");
        return new TokenizerConfig(
                metadata.string("tokenizer.chat_template"),
                token(tokens, config.bosTokenId()),
                token(tokens, config.eosTokenIds().stream().findFirst().orElse(null)),
                token(tokens, config.padTokenId()),
                token(tokens, unknown == null ? null : Integer.valueOf(Math.toIntExact(unknown))));
    }

    private static @Nullable String token(List<String> tokens, @Nullable Integer id) {
        return id == null || id < 0 || id >= tokens.size() ? null : tokens.get(id);
    }

    private static <T> T required(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("the metadata has no " + key);
        }
        return value;
    }
}
