package dev.gyre.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a package's tokenizer_config.json says beside tokenizer.json: the chat template and which
/// tokens are special to the model.
///
/// @param chatTemplate Jinja template of a conversation, null if the model is no chat model
/// @param bosToken text of the begin token, if there is one
/// @param eosToken text of the end token, if there is one
/// @param padToken text of the filler, if there is one
/// @param unknownToken text of the token for what the vocabulary lacks, if there is one
public record TokenizerConfig(
        @Nullable String chatTemplate,
        @Nullable String bosToken,
        @Nullable String eosToken,
        @Nullable String padToken,
        @Nullable String unknownToken) {

    private static final long MAX_BYTES = 16 << 20;

    /// What a tokenizer's configuration says.
    public static TokenizerConfig of(dev.gyre.tokenizer.chat.TokenizerConfig config) {
        return new TokenizerConfig(
                config.chatTemplate(),
                config.bosToken(),
                config.eosToken(),
                config.padToken(),
                config.unkToken());
    }

    /// Reads tokenizer_config.json. The chat template may be a text, a list of named templates (the
    /// one named `default` is taken), or a file `chat_template.jinja` beside it, which goes first.
    ///
    /// @throws IllegalArgumentException if the file is malformed, or has several templates and none
    ///   is the default
    public static TokenizerConfig read(Path tokenizerConfigJson) {
        ObjectNode json = Json.readObject(tokenizerConfigJson, MAX_BYTES);
        Path ownFile = tokenizerConfigJson.resolveSibling("chat_template.jinja");
        String template =
                Files.isRegularFile(ownFile) ? text(ownFile) : template(json.path("chat_template"));
        return new TokenizerConfig(
                template,
                token(json, "bos_token"),
                token(json, "eos_token"),
                token(json, "pad_token"),
                token(json, "unk_token"));
    }

    /// Writes tokenizer_config.json such that transformers takes tokenizer.json beside it as it is.
    ///
    /// @param contextLength longest sequence of the model, in tokens
    public void write(Path tokenizerConfigJson, int contextLength) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("tokenizer_class", "PreTrainedTokenizerFast");
        json.put("model_max_length", contextLength);
        json.put("clean_up_tokenization_spaces", false);
        json.put("bos_token", bosToken);
        json.put("eos_token", eosToken);
        json.put("pad_token", padToken);
        json.put("unk_token", unknownToken);
        if (chatTemplate != null) {
            json.put("chat_template", chatTemplate);
        }
        Json.write(tokenizerConfigJson, json);
    }

    private static @Nullable String template(JsonNode template) {
        if (template.isMissingNode() || template.isNull()) {
            return null;
        }
        if (template.isTextual()) {
            return template.textValue();
        }
        for (JsonNode named : template) {
            if (named.path("name").asText().equals("default")
                    && named.path("template").isTextual()) {
                return named.get("template").textValue();
            }
        }
        throw new IllegalArgumentException(
                "chat_template must be a text, or a list with one named 'default'");
    }

    private static @Nullable String token(JsonNode json, String key) {
        JsonNode token =
                json.path(key).isObject() ? json.path(key).path("content") : json.path(key);
        return token.isTextual() ? token.textValue() : null;
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "%s has %d bytes, the limit is %d"
                                .formatted(file, Files.size(file), MAX_BYTES));
            }
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
    }
}
