package dev.gyre.model;

import dev.gyre.model.onnx.TensorProto.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;

/// Writes a language model as an ONNX graph for ONNX Runtime: `model.onnx` and, for the constants,
/// `model.onnx.data` beside it. One graph serves prefill and decode.
///
/// | input | type, shape | meaning |
/// |---|---|---|
/// | `input_ids` | int64 [batch, sequence] | tokens to run |
/// | `seqlens_k` | int32 [batch] | valid length − 1 of a row after this run |
/// | `total_len` | int32 scalar | the longest valid length after this run |
/// | `logit_rows` | int64 [rows] | rows of the flattened [batch·sequence] that get logits |
/// | `past_key_values.i.key`, `.value` | float32 [batch, kvHeads, capacity, headSize] | KV cache |
///
/// Outputs are `logits`, float32 [rows, vocabulary], and `present.i.key`, `.value`, to be bound to
/// the very buffers of the past: attention appends in place. With a batch above 1, sequence must be
/// 1, or all rows must begin at 0.
///
/// The blocks use ONNX Runtime's fused operators: packed q, k and v, rotary inside
/// GroupQueryAttention, and the residual sum inside the norm that follows it.
public final class OnnxExporter {
    /// Version of ONNX's own operators that the graphs are written against.
    public static final int OPSET = 21;

    /// The ONNX Runtime that the graphs are tested with; older ones may lack an operator.
    public static final String LEAST_RUNTIME = "1.29.0";

    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";

    private final ModelConfig config;
    private final Weights weights;
    private final OnnxVariant variant;
    private final OnnxGraph graph;

    private OnnxExporter(
            ModelConfig config, Weights weights, OnnxVariant variant, OnnxGraph graph) {
        this.config = config;
        this.weights = weights;
        this.variant = variant;
        this.graph = graph;
    }

    /// Exports without reporting progress.
    ///
    /// @see #export(ModelConfig, Weights, OnnxVariant, Path, DoubleConsumer)
    public static void export(
            ModelConfig config, Weights weights, OnnxVariant variant, Path folder) {
        export(config, weights, variant, folder, done -> {});
    }

    /// Exports to `folder`, which is made if it is missing; files of an earlier export are
    /// replaced. Heap use is a few MB whatever the model's size.
    ///
    /// @param progress told the share that is done, from 0 to 1
    /// @throws IllegalArgumentException if the model is no language model, its weights are not
    ///   those of `config`, or its sizes do not fit the operators
    public static void export(
            ModelConfig config,
            Weights weights,
            OnnxVariant variant,
            Path folder,
            DoubleConsumer progress) {
        check(config, weights);
        try {
            Files.createDirectories(folder);
            try (OnnxGraph graph = new OnnxGraph(folder)) {
                new OnnxExporter(config, weights, variant, graph).write(progress);
                graph.write();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the ONNX model to " + folder, failure);
        }
    }

    private static void check(ModelConfig config, Weights weights) {
        if (config.architecture() != Architecture.LLAMA_CAUSAL) {
            throw new IllegalArgumentException(
                    "a %s is not served, so there is no ONNX graph of it"
                            .formatted(config.architecture().className()));
        }
        if (config.headSize() % 16 != 0) {
            throw new IllegalArgumentException(
                    "head_dim is %d; ONNX Runtime's rotary attention takes multiples of 16"
                            .formatted(config.headSize()));
        }
        weights.check(config);
    }

    private void write(DoubleConsumer progress) throws IOException {
        inputsAndOutputs();
        embedding();
        graph.constant(
                "rotary_cos",
                Rotary.cosines(config, config.contextLength()),
                config.contextLength(),
                config.headSize() / 2);
        graph.constant(
                "rotary_sin",
                Rotary.sines(config, config.contextLength()),
                config.contextLength(),
                config.headSize() / 2);
        String residual = "embedded";
        String branch = "";
        for (int layer = 0; layer < config.layers(); layer++) {
            progress.accept((layer + 1.0) / (config.layers() + 2));
            branch = block(layer, residual, branch);
            residual = prefix(layer) + "mlp_residual";
        }
        norm("model.norm.weight", residual, branch, "normed", "");
        head();
        progress.accept(1);
    }

    private void inputsAndOutputs() {
        graph.input("input_ids", DataType.INT64, "batch", "sequence");
        graph.input("seqlens_k", DataType.INT32, "batch");
        graph.input("total_len", DataType.INT32);
        graph.input("logit_rows", DataType.INT64, "rows");
        graph.output("logits", DataType.FLOAT, "rows", config.vocabularySize());
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String kind : List.of("key", "value")) {
                String name = layer + "." + kind;
                Object[] shape = {"batch", config.kvHeads(), "capacity", config.headSize()};
                graph.input("past_key_values." + name, DataType.FLOAT, shape);
                graph.output("present." + name, DataType.FLOAT, shape);
            }
        }
    }

    /// fp32: rows of the embedding, which a tied head shares. int8: the same blocks serve as rows
    /// of the embedding and as the tied head's weight, a quarter of the size.
    private void embedding() throws IOException {
        Tensor embedding = weights.tensor(EMBEDDING);
        switch (variant) {
            case FP32 -> {
                OnnxLinear.asStored(graph, embedding.name(), embedding);
                graph.node(
                        OnnxGraph.ONNX,
                        "Gather",
                        List.of(embedding.name(), "input_ids"),
                        List.of("embedded"),
                        OnnxGraph.integer("axis", 0));
            }
            case INT8 -> {
                String name = embedding.name();
                OnnxLinear.int8(
                        graph,
                        name,
                        List.of(embedding),
                        config.vocabularySize(),
                        config.hiddenSize());
                if (config.tiedEmbeddings()) {
                    graph.alias(
                            HEAD + "_q8",
                            OnnxLinear.blockShape(config.vocabularySize(), config.hiddenSize()));
                }
                graph.node(
                        OnnxGraph.MICROSOFT,
                        "GatherBlockQuantized",
                        List.of(name + "_q8", "input_ids", name + "_scales"),
                        List.of("embedded"),
                        OnnxGraph.integer("bits", 8),
                        OnnxGraph.integer("block_size", OnnxLinear.BLOCK),
                        OnnxGraph.integer("gather_axis", 0),
                        OnnxGraph.integer("quantize_axis", 1));
            }
        }
    }

    /// One block. The residual stream is the sum of `residual` and `branch`; the sum is taken by
    /// the norm that comes next, so the block returns its own last branch unsummed.
    private String block(int layer, String residual, String branch) throws IOException {
        String prefix = prefix(layer);
        // attention: x += o(attention(rope(q), rope(k), v))
        norm(
                prefix + "input_layernorm.weight",
                residual,
                branch,
                prefix + "h",
                prefix + "residual");
        String stream = branch.isEmpty() ? residual : prefix + "residual";
        linear(
                prefix + "h",
                prefix + "qkv",
                prefix + "self_attn.qkv_proj.weight",
                prefix + "self_attn.q_proj.weight",
                prefix + "self_attn.k_proj.weight",
                prefix + "self_attn.v_proj.weight");
        graph.node(
                OnnxGraph.MICROSOFT,
                "GroupQueryAttention",
                List.of(
                        prefix + "qkv",
                        "",
                        "",
                        "past_key_values." + layer + ".key",
                        "past_key_values." + layer + ".value",
                        "seqlens_k",
                        "total_len",
                        "rotary_cos",
                        "rotary_sin"),
                List.of(
                        prefix + "attended",
                        "present." + layer + ".key",
                        "present." + layer + ".value"),
                OnnxGraph.integer("num_heads", config.queryHeads()),
                OnnxGraph.integer("kv_num_heads", config.kvHeads()),
                OnnxGraph.number("scale", 1 / Math.sqrt(config.headSize())),
                OnnxGraph.integer("do_rotary", 1),
                OnnxGraph.integer("rotary_interleaved", 0));
        linear(prefix + "attended", prefix + "o", prefix + "self_attn.o_proj.weight");
        // SwiGLU: x += down(silu(gate(h)) * up(h))
        norm(
                prefix + "post_attention_layernorm.weight",
                stream,
                prefix + "o",
                prefix + "mlp_h",
                prefix + "mlp_residual");
        linear(prefix + "mlp_h", prefix + "gate", prefix + "mlp.gate_proj.weight");
        linear(prefix + "mlp_h", prefix + "up", prefix + "mlp.up_proj.weight");
        graph.node(
                OnnxGraph.MICROSOFT,
                "QuickGelu", // x·sigmoid(α·x), with α = 1 the SiLU
                List.of(prefix + "gate"),
                List.of(prefix + "silu"),
                OnnxGraph.number("alpha", 1));
        graph.node(
                OnnxGraph.ONNX,
                "Mul",
                List.of(prefix + "silu", prefix + "up"),
                List.of(prefix + "gated"));
        linear(prefix + "gated", prefix + "down", prefix + "mlp.down_proj.weight");
        return prefix + "down";
    }

    /// `normed = RMSNorm(residual + branch)·weight`, the sum also as `sum` where it is wanted.
    private void norm(String weight, String residual, String branch, String normed, String sum)
            throws IOException {
        graph.constant(weight, weights.tensor(weight).toFloats(), config.hiddenSize());
        if (branch.isEmpty()) {
            graph.node(
                    OnnxGraph.ONNX,
                    "SimplifiedLayerNormalization",
                    List.of(residual, weight),
                    List.of(normed),
                    OnnxGraph.integer("axis", -1),
                    OnnxGraph.number("epsilon", config.rmsNormEpsilon()),
                    OnnxGraph.integer("stash_type", 1));
        } else {
            graph.node(
                    OnnxGraph.MICROSOFT,
                    "SkipSimplifiedLayerNormalization",
                    List.of(residual, branch, weight),
                    sum.isEmpty() ? List.of(normed) : List.of(normed, "", "", sum),
                    OnnxGraph.number("epsilon", config.rmsNormEpsilon()));
        }
    }

    /// Logits of the wanted rows only: the head is a fifth of the work of a small model.
    private void head() throws IOException {
        graph.constant("rows_shape", -1, config.hiddenSize());
        graph.node(OnnxGraph.ONNX, "Reshape", List.of("normed", "rows_shape"), List.of("flat"));
        graph.node(
                OnnxGraph.ONNX,
                "Gather",
                List.of("flat", "logit_rows"),
                List.of("wanted"),
                OnnxGraph.integer("axis", 0));
        boolean tied = config.tiedEmbeddings();
        Tensor head = weights.tensor(tied ? EMBEDDING : HEAD);
        switch (variant) {
            case FP32 -> {
                if (!tied) {
                    OnnxLinear.asStored(graph, HEAD, head);
                }
                graph.node(
                        OnnxGraph.ONNX,
                        "Gemm", // takes W [out, in] as it is stored
                        List.of("wanted", head.name()),
                        List.of("logits"),
                        OnnxGraph.integer("transB", 1));
            }
            case INT8 -> {
                long outputs = config.vocabularySize();
                long inputs = config.hiddenSize();
                if (!tied) {
                    OnnxLinear.int8(
                            graph, HEAD, List.of(head), OnnxLinear.blockShape(outputs, inputs));
                }
                OnnxLinear.int8Node(graph, "wanted", "logits", HEAD, head.name(), outputs, inputs);
            }
        }
    }

    private void linear(String input, String output, String name, String... packed)
            throws IOException {
        List<Tensor> tensors =
                packed.length == 0
                        ? List.of(weights.tensor(name))
                        : List.of(packed).stream().map(weights::tensor).toList();
        OnnxLinear.add(graph, variant, input, output, name, tensors);
    }

    private static String prefix(int layer) {
        return "model.layers." + layer + ".";
    }
}
