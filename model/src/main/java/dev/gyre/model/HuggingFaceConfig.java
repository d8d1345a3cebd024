package dev.gyre.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// config.json of the `llama` model type ↔ [ModelConfig]. Missing keys take the defaults of
/// transformers' `LlamaConfig`; the sizes must be there.
final class HuggingFaceConfig {
    static final long MAX_BYTES = 1 << 20;

    private HuggingFaceConfig() {}

    static ModelConfig parse(ObjectNode json) {
        refuseUnsupported(json);
        int hiddenSize = requiredInt(json, "hidden_size");
        int queryHeads = requiredInt(json, "num_attention_heads");
        if (queryHeads < 1) {
            throw new IllegalArgumentException("num_attention_heads is " + queryHeads);
        }
        return new ModelConfig(
                architecture(json),
                requiredInt(json, "vocab_size"),
                requiredInt(json, "num_hidden_layers"),
                hiddenSize,
                queryHeads,
                intOr(json, "num_key_value_heads", queryHeads),
                intOr(json, "head_dim", hiddenSize / queryHeads),
                requiredInt(json, "intermediate_size"),
                intOr(json, "max_position_embeddings", 2048),
                ropeTheta(json),
                numberOr(json, "rms_norm_eps", 1e-6),
                booleanOr(json, "tie_word_embeddings", false),
                tokenId(json, "bos_token_id"),
                tokenIds(json, "eos_token_id"),
                tokenId(json, "pad_token_id"),
                dtype(json));
    }

    static ObjectNode toJson(ModelConfig config) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add(config.architecture().className());
        json.put("model_type", "llama");
        json.put("vocab_size", config.vocabularySize());
        json.put("hidden_size", config.hiddenSize());
        json.put("intermediate_size", config.feedForwardSize());
        json.put("num_hidden_layers", config.layers());
        json.put("num_attention_heads", config.queryHeads());
        json.put("num_key_value_heads", config.kvHeads());
        json.put("head_dim", config.headSize());
        json.put("hidden_act", "silu");
        json.put("max_position_embeddings", config.contextLength());
        json.put("rms_norm_eps", config.rmsNormEpsilon());
        // transformers 4 reads rope_theta, transformers 5 rope_parameters
        json.put("rope_theta", config.ropeTheta());
        json.putObject("rope_parameters")
                .put("rope_type", "default")
                .put("rope_theta", config.ropeTheta());
        json.put("attention_bias", false);
        json.put("mlp_bias", false);
        json.put("tie_word_embeddings", config.tiedEmbeddings());
        json.put("bos_token_id", config.bosTokenId());
        putTokenIds(json, "eos_token_id", config.eosTokenIds());
        json.put("pad_token_id", config.padTokenId());
        switch (config.architecture()) {
            case LLAMA_CAUSAL -> {}
            case LLAMA_SEQUENCE_CLASSIFICATION -> {
                // transformers derives num_labels = 1 from these maps
                json.putObject("id2label").put("0", "reward");
                json.putObject("label2id").put("reward", 0);
            }
        }
        json.put("initializer_range", 0.02);
        json.put("use_cache", true);
        json.put("torch_dtype", config.dtype().torchName());
        json.put("dtype", config.dtype().torchName());
        return json;
    }

    /// Writes no id as null, one as a number, several as a list, as transformers does.
    static void putTokenIds(ObjectNode json, String key, List<Integer> ids) {
        switch (ids.size()) {
            case 0 -> json.putNull(key);
            case 1 -> json.put(key, ids.getFirst());
            default -> ids.forEach(json.putArray(key)::add);
        }
    }

    static @Nullable Integer tokenId(JsonNode json, String key) {
        List<Integer> ids = tokenIds(json, key);
        return switch (ids.size()) {
            case 0 -> null;
            case 1 -> ids.getFirst();
            default ->
                    throw new IllegalArgumentException(
                            "%s is the list %s, one id is expected".formatted(key, ids));
        };
    }

    static List<Integer> tokenIds(JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        var ids = new ArrayList<Integer>();
        for (JsonNode id : value instanceof ArrayNode list ? list : List.of(value)) {
            ids.add(integer(key, id));
        }
        return ids;
    }

    private static Architecture architecture(ObjectNode json) {
        JsonNode names = json.path("architectures");
        if (!names.isArray() || names.size() != 1 || !names.get(0).isTextual()) {
            throw new IllegalArgumentException(
                    "architectures is %s, it must be a list of one name".formatted(names));
        }
        Architecture architecture = Architecture.of(names.get(0).textValue());
        int labels = json.path("id2label").isObject() ? json.path("id2label").size() : 2;
        if (architecture == Architecture.LLAMA_SEQUENCE_CLASSIFICATION
                && intOr(json, "num_labels", labels) != 1) {
            throw new IllegalArgumentException(
                    "num_labels is %d, a reward model has 1"
                            .formatted(intOr(json, "num_labels", labels)));
        }
        return architecture;
    }

    private static void refuseUnsupported(ObjectNode json) {
        requireIs(json, "model_type", "llama", null);
        requireIs(json, "hidden_act", "silu", "silu");
        for (String key : List.of("attention_bias", "mlp_bias")) {
            if (booleanOr(json, key, false)) {
                throw new IllegalArgumentException(key + " is true, biases are not supported");
            }
        }
        if (numberOr(json, "partial_rotary_factor", 1) != 1) {
            throw new IllegalArgumentException(
                    "partial_rotary_factor is %s, only 1 is supported"
                            .formatted(json.get("partial_rotary_factor")));
        }
        for (String key : List.of("quantization_config", "sliding_window")) {
            if (json.hasNonNull(key)) {
                throw new IllegalArgumentException(
                        "%s is %s, it is not supported".formatted(key, json.get(key)));
            }
        }
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            refuseRopeScaling(key, json.path(key));
        }
    }

    private static void refuseRopeScaling(String key, JsonNode rope) {
        if (rope.isMissingNode() || rope.isNull()) {
            return;
        }
        if (!rope.isObject()) {
            throw new IllegalArgumentException("%s is %s, not an object".formatted(key, rope));
        }
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        boolean plain =
                type.equals("default") && rope.path("partial_rotary_factor").asDouble(1) == 1;
        if (!plain) {
            throw new IllegalArgumentException(
                    "%s is %s; rope scaling is not supported, only type 'default'"
                            .formatted(key, rope));
        }
    }

    private static double ropeTheta(ObjectNode json) {
        JsonNode parameters = json.path("rope_parameters");
        return parameters.hasNonNull("rope_theta")
                ? numberOr(parameters, "rope_theta", 0)
                : numberOr(json, "rope_theta", 10_000);
    }

    private static DataType dtype(ObjectNode json) {
        String key = json.hasNonNull("dtype") ? "dtype" : "torch_dtype";
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return DataType.F32;
        }
        return DataType.ofTorchName(value.asText());
    }

    private static void requireIs(
            ObjectNode json, String key, String expected, @Nullable String whenMissing) {
        JsonNode value = json.path(key);
        String actual = value.isTextual() ? value.textValue() : whenMissing;
        if (!expected.equals(actual)) {
            throw new IllegalArgumentException(
                    "%s is %s, only '%s' is supported".formatted(key, value, expected));
        }
    }

    private static int requiredInt(JsonNode json, String key) {
        if (!json.hasNonNull(key)) {
            throw new IllegalArgumentException("config.json has no " + key);
        }
        return integer(key, json.get(key));
    }

    private static int intOr(JsonNode json, String key, int whenMissing) {
        return json.hasNonNull(key) ? integer(key, json.get(key)) : whenMissing;
    }

    private static int integer(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new IllegalArgumentException(
                    "%s is %s, it must be a whole number".formatted(key, value));
        }
        return value.intValue();
    }

    private static double numberOr(JsonNode json, String key, double whenMissing) {
        if (!json.hasNonNull(key)) {
            return whenMissing;
        }
        if (!json.get(key).isNumber()) {
            throw new IllegalArgumentException(
                    "%s is %s, it must be a number".formatted(key, json.get(key)));
        }
        return json.get(key).doubleValue();
    }

    private static boolean booleanOr(JsonNode json, String key, boolean whenMissing) {
        if (!json.hasNonNull(key)) {
            return whenMissing;
        }
        if (!json.get(key).isBoolean()) {
            throw new IllegalArgumentException(
                    "%s is %s, it must be true or false".formatted(key, json.get(key)));
        }
        return json.get(key).booleanValue();
    }
}
