package dev.gyre.model;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.GgufVocabulary;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `tokenizer.*` keys of a GGUF file → a tokenizer and its configuration.
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";

    private GgufTokenizer() {}

    static Tokenizer tokenizer(GgufMetadata metadata, ModelConfig config) {
        List<String> tokens = required(PREFIX + "tokens", metadata.strings(PREFIX + "tokens"));
        long[] types = required(PREFIX + "token_type", metadata.integers(PREFIX + "token_type"));
        Integer bos = config.bosTokenId();
        boolean addsBos = Boolean.TRUE.equals(metadata.bool(PREFIX + "add_bos_token"));
        if (Boolean.TRUE.equals(metadata.bool(PREFIX + "add_eos_token"))) {
            throw new IllegalArgumentException(
                    PREFIX + "add_eos_token is true, which is not supported");
        }
        Tokenizer tokenizer =
                new GgufVocabulary(
                                required(PREFIX + "model", metadata.string(PREFIX + "model")),
                                required(PREFIX + "pre", metadata.string(PREFIX + "pre")),
                                tokens,
                                Arrays.stream(types).mapToObj(Math::toIntExact).toList(),
                                required(PREFIX + "merges", metadata.strings(PREFIX + "merges")),
                                addsBos && bos != null ? bos : -1)
                        .tokenizer();
        ModelImport.checkVocabulary(tokenizer, config);
        return tokenizer;
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
