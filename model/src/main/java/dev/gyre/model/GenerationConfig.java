package dev.gyre.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Defaults of generation that come with a model, in generation_config.json. A value that is null
/// is not set by the model.
///
/// @param bosTokenId begin of text
/// @param eosTokenIds ids that end an answer
/// @param padTokenId filler
/// @param temperature divisor of the logits, above 0
/// @param topK how many best tokens to draw from, at least 1
/// @param topP share of probability to draw from, in (0, 1]
/// @param repetitionPenalty multiplicative penalty, above 0; 1 is none
public record GenerationConfig(
        @Nullable Integer bosTokenId,
        List<Integer> eosTokenIds,
        @Nullable Integer padTokenId,
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Double repetitionPenalty) {

    private static final long MAX_BYTES = 1 << 20;

    public GenerationConfig {
        eosTokenIds = List.copyOf(eosTokenIds);
        require("temperature", temperature, temperature == null || temperature > 0);
        require("top_k", topK, topK == null || topK >= 1);
        require("top_p", topP, topP == null || (topP > 0 && topP <= 1));
        require(
                "repetition_penalty",
                repetitionPenalty,
                repetitionPenalty == null || repetitionPenalty > 0);
    }

    /// The special tokens of `config`, no sampling defaults.
    public static GenerationConfig of(ModelConfig config) {
        return new GenerationConfig(
                config.bosTokenId(),
                config.eosTokenIds(),
                config.padTokenId(),
                null,
                null,
                null,
                null);
    }

    /// Reads generation_config.json.
    ///
    /// @throws IllegalArgumentException if it is malformed or a value is out of its range
    public static GenerationConfig read(Path generationConfigJson) {
        ObjectNode json = Json.readObject(generationConfigJson, MAX_BYTES);
        // transformers writes 0 for "all"
        Double topK = number(json, "top_k");
        return new GenerationConfig(
                HuggingFaceConfig.tokenId(json, "bos_token_id"),
                HuggingFaceConfig.tokenIds(json, "eos_token_id"),
                HuggingFaceConfig.tokenId(json, "pad_token_id"),
                number(json, "temperature"),
                topK == null || topK == 0 ? null : Integer.valueOf(topK.intValue()),
                number(json, "top_p"),
                number(json, "repetition_penalty"));
    }

    /// Writes generation_config.json.
    public void write(Path generationConfigJson) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("bos_token_id", bosTokenId);
        HuggingFaceConfig.putTokenIds(json, "eos_token_id", eosTokenIds);
        json.put("pad_token_id", padTokenId);
        if (temperature != null || topK != null || topP != null) {
            json.put("do_sample", true);
        }
        if (temperature != null) {
            json.put("temperature", temperature);
        }
        if (topK != null) {
            json.put("top_k", topK);
        }
        if (topP != null) {
            json.put("top_p", topP);
        }
        if (repetitionPenalty != null) {
            json.put("repetition_penalty", repetitionPenalty);
        }
        Json.write(generationConfigJson, json);
    }

    private static @Nullable Double number(JsonNode json, String key) {
        if (!json.hasNonNull(key)) {
            return null;
        }
        if (!json.get(key).isNumber()) {
            throw new IllegalArgumentException(
                    "%s is %s, it must be a number".formatted(key, json.get(key)));
        }
        return json.get(key).doubleValue();
    }

    private static void require(String key, @Nullable Number value, boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("%s is %s, out of its range".formatted(key, value));
        }
    }
}
