package dev.gyre.tokenizer.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What Gyre reads and writes of a tokenizer_config.json: which token plays which part, and the
/// chat template. Everything there that changes ids stands in tokenizer.json as well, where this
/// file only names tokens; beside a tokenizer.model, which cannot say it, it also tells which
/// tokens are put around every text.
///
/// @param bosToken text of the token that begins a text, or `null`
/// @param eosToken text of the token that ends a text or turn, or `null`
/// @param padToken text of the token that fills up batches, or `null`
/// @param unkToken text of the token for unknown characters, or `null`
/// @param chatTemplate Jinja template, or `null`
/// @param addsBosToken `add_bos_token`: whether that token is put before every text
/// @param addsEosToken `add_eos_token`: whether that token is put behind every text
public record TokenizerConfig(
        @Nullable String bosToken,
        @Nullable String eosToken,
        @Nullable String padToken,
        @Nullable String unkToken,
        @Nullable String chatTemplate,
        boolean addsBosToken,
        boolean addsEosToken) {
    private static final long MAX_FILE_BYTES = 16 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /// A configuration without any token or template.
    public static final TokenizerConfig EMPTY = new TokenizerConfig(null, null, null, null, null);

    /// A configuration that puts nothing around texts.
    public TokenizerConfig(
            @Nullable String bosToken,
            @Nullable String eosToken,
            @Nullable String padToken,
            @Nullable String unkToken,
            @Nullable String chatTemplate) {
        this(bosToken, eosToken, padToken, unkToken, chatTemplate, false, false);
    }

    /// The configuration in a model's folder: tokenizer_config.json, and chat_template.jinja, which
    /// goes before it, as far as they are there.
    ///
    /// @throws IllegalArgumentException if a file is damaged
    /// @throws UncheckedIOException if a file cannot be read
    public static TokenizerConfig load(Path folder) {
        try {
            Path file = folder.resolve("tokenizer_config.json");
            TokenizerConfig config = Files.exists(file) ? parse(read(file)) : EMPTY;
            Path template = folder.resolve("chat_template.jinja");
            return Files.exists(template)
                    ? config.withChatTemplate(new String(read(template), StandardCharsets.UTF_8))
                    : config;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tokenizer's configuration", e);
        }
    }

    private static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_FILE_BYTES) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, the limit is %d".formatted(file, size, MAX_FILE_BYTES));
        }
        return Files.readAllBytes(file);
    }

    /// Reads a tokenizer_config.json from memory.
    ///
    /// @throws IllegalArgumentException if it is damaged
    public static TokenizerConfig parse(byte[] json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.isObject()) {
                throw new IllegalArgumentException("tokenizer_config.json must be an object");
            }
            return new TokenizerConfig(
                    token(root, "bos_token"),
                    token(root, "eos_token"),
                    token(root, "pad_token"),
                    token(root, "unk_token"),
                    template(root.path("chat_template")),
                    root.path("add_bos_token").asBoolean(),
                    root.path("add_eos_token").asBoolean());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "tokenizer_config.json is not valid JSON: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A token is written as its text or, in older files, as an object with the text.
    private static @Nullable String token(JsonNode root, String name) {
        JsonNode token = root.path(name);
        JsonNode text = token.isObject() ? token.path("content") : token;
        if (text.isMissingNode() || text.isNull()) {
            return null;
        }
        if (!text.isTextual()) {
            throw new IllegalArgumentException(
                    "tokenizer_config.json: %s must be a string, not %s".formatted(name, text));
        }
        return text.textValue();
    }

    /// One template, or a list of named ones of which `default` is taken.
    private static @Nullable String template(JsonNode template) {
        if (template.isArray()) {
            for (JsonNode named : template) {
                if (named.path("name").asText().equals("default")) {
                    return named.path("template").textValue();
                }
            }
            throw new IllegalArgumentException(
                    "tokenizer_config.json: chat_template has no template named default");
        }
        if (!template.isTextual() && !template.isMissingNode() && !template.isNull()) {
            throw new IllegalArgumentException(
                    "tokenizer_config.json: chat_template must be a string or a list");
        }
        return template.textValue();
    }

    /// The same with another chat template.
    public TokenizerConfig withChatTemplate(@Nullable String template) {
        return new TokenizerConfig(
                bosToken, eosToken, padToken, unkToken, template, addsBosToken, addsEosToken);
    }

    /// The tokens by the names that chat templates use.
    Map<String, String> namedTokens() {
        Map<String, String> named = new LinkedHashMap<>();
        put(named, "bos_token", bosToken);
        put(named, "eos_token", eosToken);
        put(named, "pad_token", padToken);
        put(named, "unk_token", unkToken);
        return named;
    }

    private static void put(Map<String, String> named, String name, @Nullable String token) {
        if (token != null) {
            named.put(name, token);
        }
    }

    /// The tokenizer_config.json of this configuration, UTF-8, such that transformers takes the
    /// tokenizer.json beside it as it is.
    public byte[] format() {
        return format(JSON.createObjectNode());
    }

    private byte[] format(int contextTokens) {
        return format(JSON.createObjectNode().put("model_max_length", contextTokens));
    }

    private byte[] format(ObjectNode root) {
        root.put("tokenizer_class", "PreTrainedTokenizerFast");
        namedTokens().forEach(root::put);
        if (addsBosToken) {
            root.put("add_bos_token", true);
        }
        if (addsEosToken) {
            root.put("add_eos_token", true);
        }
        if (chatTemplate != null) {
            root.put("chat_template", chatTemplate);
        }
        root.put("clean_up_tokenization_spaces", false);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings was not written", e);
        }
    }

    /// Writes the tokenizer_config.json.
    ///
    /// @throws UncheckedIOException if it cannot be written
    public void save(Path file) {
        write(file, format());
    }

    /// Writes the tokenizer_config.json of a model's tokenizer.
    ///
    /// @param contextTokens longest sequence of the model
    /// @throws UncheckedIOException if it cannot be written
    public void save(Path file, int contextTokens) {
        write(file, format(contextTokens));
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
