package dev.gyre.model;

import dev.gyre.tokenizer.formats.GgufMetadata;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// GGUF's `llama` architecture → [ModelConfig] and Hugging Face's weights.
///
/// llama.cpp turns neighbouring elements of a head by the rotary angle, Hugging Face elements half
/// a head apart; so the rows of q and k are stored in another order. Inside each head, GGUF's row
/// `2·i + half` is Hugging Face's row `half·(headSize/2) + i`.
final class GgufLlama {
    private static final Map<String, String> LAYER_NAMES =
            Map.of(
                    "attn_norm", "input_layernorm",
                    "attn_q", "self_attn.q_proj",
                    "attn_k", "self_attn.k_proj",
                    "attn_v", "self_attn.v_proj",
                    "attn_output", "self_attn.o_proj",
                    "ffn_norm", "post_attention_layernorm",
                    "ffn_gate", "mlp.gate_proj",
                    "ffn_up", "mlp.up_proj",
                    "ffn_down", "mlp.down_proj");

    private GgufLlama() {}

    static ModelConfig config(GgufMetadata metadata, Weights tensors) {
        refuseUnsupported(metadata);
        int hiddenSize = required(metadata, "llama.embedding_length");
        int queryHeads = required(metadata, "llama.attention.head_count");
        if (queryHeads < 1) {
            throw new IllegalArgumentException("llama.attention.head_count is " + queryHeads);
        }
        int headSize = or(metadata, "llama.attention.key_length", hiddenSize / queryHeads);
        same(metadata, "llama.attention.value_length", headSize);
        same(metadata, "llama.rope.dimension_count", headSize);
        Integer bos = tokenId(metadata, "tokenizer.ggml.bos_token_id");
        Integer eos = tokenId(metadata, "tokenizer.ggml.eos_token_id");
        // The embedding itself says how many rows it has; the key is often missing or stale.
        long vocabularySize = tensors.tensor("token_embd.weight").shape().getFirst();
        return new ModelConfig(
                Architecture.LLAMA_CAUSAL,
                Math.toIntExact(Math.min(vocabularySize, Integer.MAX_VALUE)),
                required(metadata, "llama.block_count"),
                hiddenSize,
                queryHeads,
                or(metadata, "llama.attention.head_count_kv", queryHeads),
                headSize,
                required(metadata, "llama.feed_forward_length"),
                required(metadata, "llama.context_length"),
                shortest(metadata.number("llama.rope.freq_base"), 10_000),
                shortest(metadata.number("llama.attention.layer_norm_rms_epsilon"), 1e-6),
                !tensors.contains("output.weight"),
                bos,
                eos == null ? List.of() : List.of(eos),
                tokenId(metadata, "tokenizer.ggml.padding_token_id"),
                DataType.F32);
    }

    static Weights weights(ModelConfig config, Weights tensors) {
        var renamed = new LinkedHashMap<String, Tensor>();
        for (Tensor tensor : tensors.tensors().values()) {
            Tensor named = tensor.named(name(tensor.name()));
            if (named.name().endsWith("q_proj.weight")) {
                named = halfSplit(named, config.queryHeads(), config.headSize());
            } else if (named.name().endsWith("k_proj.weight")) {
                named = halfSplit(named, config.kvHeads(), config.headSize());
            }
            renamed.put(named.name(), named);
        }
        Weights all = Weights.of(renamed.values());
        all.check(config);
        var ordered = new ArrayList<Tensor>();
        config.weightShapes().keySet().forEach(name -> ordered.add(all.tensor(name)));
        return Weights.of(ordered);
    }

    private static String name(String gguf) {
        String[] parts = gguf.split("\\.", -1);
        if (parts.length == 4 && parts[0].equals("blk") && parts[3].equals("weight")) {
            String block = LAYER_NAMES.get(parts[2]);
            if (block != null) {
                return "model.layers." + parts[1] + "." + block + ".weight";
            }
        }
        return switch (gguf) {
            case "token_embd.weight" -> "model.embed_tokens.weight";
            case "output_norm.weight" -> "model.norm.weight";
            case "output.weight" -> "lm_head.weight";
            default ->
                    throw new IllegalArgumentException(
                            "tensor %s is not part of the llama models we support".formatted(gguf));
        };
    }

    /// Rows from GGUF's interleaved to Hugging Face's half-split rotary order. Whole rows are moved
    /// as they are stored, so nothing is dequantised here.
    private static Tensor halfSplit(Tensor tensor, int heads, int headSize) {
        if (tensor.shape().size() != 2 || tensor.shape().getFirst() != (long) heads * headSize) {
            throw new IllegalArgumentException(
                    "weight %s has shape %s, %d heads of %d rows are expected"
                            .formatted(tensor.name(), tensor.shape(), heads, headSize));
        }
        long rowBytes = tensor.type().bytes(tensor.shape().getLast());
        MemorySegment source = tensor.bytes();
        MemorySegment target = MemorySegment.ofArray(new byte[Math.toIntExact(source.byteSize())]);
        for (int head = 0; head < heads; head++) {
            for (int row = 0; row < headSize; row++) {
                int interleaved = 2 * (row % (headSize / 2)) + row / (headSize / 2);
                long from = ((long) head * headSize + interleaved) * rowBytes;
                long to = ((long) head * headSize + row) * rowBytes;
                MemorySegment.copy(source, from, target, to, rowBytes);
            }
        }
        return new Tensor(tensor.name(), tensor.type(), tensor.shape(), target);
    }

    private static void refuseUnsupported(GgufMetadata metadata) {
        String architecture = metadata.string("general.architecture");
        if (!"llama".equals(architecture)) {
            throw new IllegalArgumentException(
                    "general.architecture is '%s', only 'llama' is supported"
                            .formatted(architecture));
        }
        String scaling = metadata.string("llama.rope.scaling.type");
        if (scaling != null && !scaling.equals("none")) {
            throw new IllegalArgumentException(
                    "llama.rope.scaling.type is '%s', rope scaling is not supported"
                            .formatted(scaling));
        }
        if (or(metadata, "llama.expert_count", 0) != 0) {
            throw new IllegalArgumentException(
                    "llama.expert_count is %d, mixtures of experts are not supported"
                            .formatted(metadata.integer("llama.expert_count")));
        }
    }

    private static int required(GgufMetadata metadata, String key) {
        if (!metadata.contains(key)) {
            throw new IllegalArgumentException("the metadata has no " + key);
        }
        return or(metadata, key, 0);
    }

    private static int or(GgufMetadata metadata, String key, int whenMissing) {
        Long value = metadata.integer(key);
        if (value == null) {
            return whenMissing;
        }
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("%s is %d".formatted(key, value));
        }
        return value.intValue();
    }

    private static void same(GgufMetadata metadata, String key, int headSize) {
        if (or(metadata, key, headSize) != headSize) {
            throw new IllegalArgumentException(
                    "%s is %d, only the head size %d is supported"
                            .formatted(key, metadata.integer(key), headSize));
        }
    }

    private static @Nullable Integer tokenId(GgufMetadata metadata, String key) {
        return metadata.contains(key) ? Integer.valueOf(or(metadata, key, 0)) : null;
    }

    /// The shortest decimal that is this float32: 1e-5 was stored, not 9.999999747378752e-6.
    private static double shortest(@Nullable Double value, double whenMissing) {
        return value == null ? whenMissing : Double.parseDouble(Float.toString(value.floatValue()));
    }
}
