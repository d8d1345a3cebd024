package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.text.Charsmap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `tokenizer.*` keys of a GGUF file → a tokenizer and its configuration.
public final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";

    private GgufTokenizer() {}

    /// The tokenizer that a GGUF file brings.
    ///
    /// @throws IllegalArgumentException if keys are missing or the vocabulary is not supported
    public static Tokenizer tokenizer(GgufMetadata metadata) {
        String model = required(PREFIX + "model", metadata.string(PREFIX + "model"));
        List<String> tokens = required(PREFIX + "tokens", metadata.strings(PREFIX + "tokens"));
        List<Integer> types = types(metadata.integers(PREFIX + "token_type"), tokens.size());
        if (GgufPieces.isKind(model)) {
            return pieces(metadata, model, tokens, types).tokenizer();
        }
        if (endsText(metadata) >= 0) {
            throw new IllegalArgumentException(
                    PREFIX + "add_eos_token is true, which is not supported");
        }
        return new GgufVocabulary(
                        model,
                        required(PREFIX + "pre", metadata.string(PREFIX + "pre")),
                        tokens,
                        types,
                        required(PREFIX + "merges", metadata.strings(PREFIX + "merges")),
                        beginsText(metadata))
                .tokenizer();
    }

    /// @param given the file's; `null` where it says nothing and all tokens are normal
    private static List<Integer> types(long @Nullable [] given, int tokens) {
        if (given == null) {
            return Collections.nCopies(tokens, 1);
        }
        List<Integer> types = new ArrayList<>(given.length);
        for (long type : given) {
            types.add(small("token_type", type));
        }
        return types;
    }

    private static int small(String key, long value) {
        if (value != (int) value) {
            throw new IllegalArgumentException("%s is %d".formatted(PREFIX + key, value));
        }
        return (int) value;
    }

    private static GgufPieces pieces(
            GgufMetadata metadata, String model, List<String> tokens, List<Integer> types) {
        double[] scores = required(PREFIX + "scores", metadata.numbers(PREFIX + "scores"));
        long[] map = metadata.integers(PREFIX + "precompiled_charsmap");
        return new GgufPieces(
                model,
                tokens,
                Arrays.stream(scores).mapToObj(score -> (float) score).toList(),
                types,
                flag(metadata, "add_space_prefix", true),
                flag(metadata, "remove_extra_whitespaces", false),
                map == null || map.length == 0 ? null : Charsmap.parse(bytes(map)),
                beginsText(metadata),
                endsText(metadata));
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

    /// Id that is put before every text; -1 for none. Where the file says nothing it is as
    /// llama.cpp has it.
    private static int beginsText(GgufMetadata metadata) {
        return frame(metadata, "bos", "llama".equals(metadata.string(PREFIX + "model")));
    }

    /// Id that is put behind every text; -1 for none.
    private static int endsText(GgufMetadata metadata) {
        return frame(metadata, "eos", "t5".equals(metadata.string(PREFIX + "model")));
    }

    private static int frame(GgufMetadata metadata, String key, boolean otherwise) {
        Long id = metadata.integer(PREFIX + key + "_token_id");
        return id != null && flag(metadata, "add_" + key + "_token", otherwise)
                ? small(key + "_token_id", id)
                : -1;
    }

    /// What a GGUF file says beside its vocabulary: the chat template, which tokens are special to
    /// the model, and whether they are put around every text. An id that is no token's names none.
    ///
    /// @throws IllegalArgumentException if the file has no tokens
    public static TokenizerConfig config(GgufMetadata metadata) {
        return new TokenizerConfig(
                token(metadata, "bos_token_id"),
                token(metadata, "eos_token_id"),
                token(metadata, "padding_token_id"),
                token(metadata, "unknown_token_id"),
                metadata.string("tokenizer.chat_template"),
                beginsText(metadata) >= 0,
                endsText(metadata) >= 0);
    }

    private static @Nullable String token(GgufMetadata metadata, String key) {
        List<String> tokens = required(PREFIX + "tokens", metadata.strings(PREFIX + "tokens"));
        Long id = metadata.integer(PREFIX + key);
        return id == null || id < 0 || id >= tokens.size() ? null : tokens.get(id.intValue());
    }

    private static <T> T required(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("the metadata has no " + key);
        }
        return value;
    }
}
