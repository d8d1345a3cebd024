package dev.gyre.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The shape of a decoder of the Llama family: rotary positions, RMSNorm before each block, SwiGLU,
/// grouped-query attention, no biases. Everything that weights, training and the ONNX graph need to
/// know, and nothing else; read from and written as Hugging Face's config.json.
///
/// @param architecture language model or reward model
/// @param vocabularySize rows of the embedding
/// @param layers number of blocks
/// @param hiddenSize width of the residual stream
/// @param queryHeads heads of the queries, a multiple of `kvHeads`
/// @param kvHeads heads of keys and values
/// @param headSize width of a head, even; usually hiddenSize / queryHeads
/// @param feedForwardSize inner width of SwiGLU
/// @param contextLength positions the model was trained for
/// @param ropeTheta base of the rotary frequencies
/// @param rmsNormEpsilon ε inside the root of RMSNorm
/// @param tiedEmbeddings whether the head is the embedding itself, without `lm_head.weight`
/// @param bosTokenId begin of text, if the model has one
/// @param eosTokenIds ids that end an answer; may be empty
/// @param padTokenId filler of batches; may be the same as an EOS id
/// @param dtype how weights are stored: F32, F16 or BF16
public record ModelConfig(
        Architecture architecture,
        int vocabularySize,
        int layers,
        int hiddenSize,
        int queryHeads,
        int kvHeads,
        int headSize,
        int feedForwardSize,
        int contextLength,
        double ropeTheta,
        double rmsNormEpsilon,
        boolean tiedEmbeddings,
        @Nullable Integer bosTokenId,
        List<Integer> eosTokenIds,
        @Nullable Integer padTokenId,
        DataType dtype) {

    // Far above any known model, low enough that sizes derived from them fit a long and that a
    // hostile file cannot ask for absurd memory.
    private static final int MAX_SIZE = 1 << 24;
    private static final int MAX_LAYERS = 1024;

    public ModelConfig {
        inRange("vocab_size", vocabularySize, MAX_SIZE);
        inRange("num_hidden_layers", layers, MAX_LAYERS);
        inRange("hidden_size", hiddenSize, MAX_SIZE);
        inRange("num_attention_heads", queryHeads, MAX_SIZE);
        inRange("num_key_value_heads", kvHeads, MAX_SIZE);
        inRange("head_dim", headSize, MAX_SIZE);
        inRange("intermediate_size", feedForwardSize, MAX_SIZE);
        inRange("max_position_embeddings", contextLength, MAX_SIZE);
        if (queryHeads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "num_attention_heads %d is not a multiple of num_key_value_heads %d"
                            .formatted(queryHeads, kvHeads));
        }
        inRange("num_attention_heads x head_dim", (long) queryHeads * headSize, MAX_SIZE);
        if (headSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "head_dim %d is odd; rotary positions turn pairs".formatted(headSize));
        }
        positive("rope_theta", ropeTheta);
        positive("rms_norm_eps", rmsNormEpsilon);
        eosTokenIds = List.copyOf(eosTokenIds);
        eosTokenIds.forEach(id -> token("eos_token_id", id, vocabularySize));
        token("bos_token_id", bosTokenId, vocabularySize);
        token("pad_token_id", padTokenId, vocabularySize);
        if (!dtype.isFloatingPoint()) {
            throw new IllegalArgumentException(
                    "dtype %s: a model is stored as F32, F16 or BF16".formatted(dtype));
        }
    }

    /// Reads a config.json, written by transformers 4 or 5 or by us.
    ///
    /// @throws IllegalArgumentException naming the first value that is missing, wrong or not
    ///   supported (rope scaling, biases, another activation, another model type, …)
    public static ModelConfig read(Path configJson) {
        return HuggingFaceConfig.parse(Json.readObject(configJson, HuggingFaceConfig.MAX_BYTES));
    }

    /// Writes a config.json that transformers 4 and 5 load.
    public void write(Path configJson) {
        Json.write(configJson, HuggingFaceConfig.toJson(this));
    }

    /// Width of all query heads together.
    public int querySize() {
        return queryHeads * headSize;
    }

    /// Width of all key (or value) heads together.
    public int kvSize() {
        return kvHeads * headSize;
    }

    /// Name and shape of every weight, in the order in which we write them. Linear layers are
    /// `[out, in]`; a tied head has no weight of its own.
    public SequencedMap<String, List<Long>> weightShapes() {
        var shapes = new LinkedHashMap<String, List<Long>>();
        shapes.put("model.embed_tokens.weight", shape(vocabularySize, hiddenSize));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            shapes.put(prefix + "input_layernorm.weight", shape(hiddenSize));
            shapes.put(prefix + "self_attn.q_proj.weight", shape(querySize(), hiddenSize));
            shapes.put(prefix + "self_attn.k_proj.weight", shape(kvSize(), hiddenSize));
            shapes.put(prefix + "self_attn.v_proj.weight", shape(kvSize(), hiddenSize));
            shapes.put(prefix + "self_attn.o_proj.weight", shape(hiddenSize, querySize()));
            shapes.put(prefix + "post_attention_layernorm.weight", shape(hiddenSize));
            shapes.put(prefix + "mlp.gate_proj.weight", shape(feedForwardSize, hiddenSize));
            shapes.put(prefix + "mlp.up_proj.weight", shape(feedForwardSize, hiddenSize));
            shapes.put(prefix + "mlp.down_proj.weight", shape(hiddenSize, feedForwardSize));
        }
        shapes.put("model.norm.weight", shape(hiddenSize));
        switch (architecture) {
            case LLAMA_CAUSAL -> {
                if (!tiedEmbeddings) {
                    shapes.put("lm_head.weight", shape(vocabularySize, hiddenSize));
                }
            }
            case LLAMA_SEQUENCE_CLASSIFICATION -> shapes.put("score.weight", shape(1, hiddenSize));
        }
        return shapes;
    }

    /// Number of parameters.
    public long parameters() {
        return weightShapes().values().stream()
                .mapToLong(shape -> shape.stream().reduce(1L, (a, b) -> a * b))
                .sum();
    }

    /// The same body with another head.
    public ModelConfig withArchitecture(Architecture other) {
        return copy(other, bosTokenId, eosTokenIds, padTokenId, dtype);
    }

    /// The same model stored in another type.
    public ModelConfig withDtype(DataType other) {
        return copy(architecture, bosTokenId, eosTokenIds, padTokenId, other);
    }

    /// The same model with other special tokens.
    public ModelConfig withTokenIds(
            @Nullable Integer bos, List<Integer> eos, @Nullable Integer pad) {
        return copy(architecture, bos, eos, pad, dtype);
    }

    private ModelConfig copy(
            Architecture architecture,
            @Nullable Integer bos,
            List<Integer> eos,
            @Nullable Integer pad,
            DataType dtype) {
        return new ModelConfig(
                architecture,
                vocabularySize,
                layers,
                hiddenSize,
                queryHeads,
                kvHeads,
                headSize,
                feedForwardSize,
                contextLength,
                ropeTheta,
                rmsNormEpsilon,
                tiedEmbeddings,
                bos,
                eos,
                pad,
                dtype);
    }

    private static List<Long> shape(long... sizes) {
        return Arrays.stream(sizes).boxed().toList();
    }

    private static void inRange(String key, long value, long limit) {
        if (value < 1 || value > limit) {
            throw new IllegalArgumentException(
                    "%s is %d, it must be between 1 and %d".formatted(key, value, limit));
        }
    }

    private static void positive(String key, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    "%s is %s, it must be a positive number".formatted(key, value));
        }
    }

    private static void token(String key, @Nullable Integer id, int vocabularySize) {
        if (id != null && (id < 0 || id >= vocabularySize)) {
            throw new IllegalArgumentException(
                    "%s is %d, the vocabulary has ids 0 to %d"
                            .formatted(key, id, vocabularySize - 1));
        }
    }
}
