package dev.gyre.training.engine;

import static org.bytedeco.pytorch.global.torch.arange;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.cross_entropy;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.outer;
import static org.bytedeco.pytorch.global.torch.pow;
import static org.bytedeco.pytorch.global.torch.rms_norm;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.silu;

import dev.gyre.model.Architecture;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.Weights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// A Llama-family decoder: RMSNorm, rotary positions (half-split), grouped-query attention, SwiGLU,
/// tied or untied head (Touvron et al. 2023). The same body with `score.weight` is a reward model.
///
/// The parameters are a named map. Query, key and value are one matrix here, and so are gate and up
/// (fewer and larger products: 8 % more tokens a second on the starter's shape); [WeightLayout]
/// splits and merges at the border.
///
/// Shapes: `batch` sequences of `time` tokens, padded on the right. The mask is causal, so padding
/// is seen by no real token and positions are natural; what comes out at padding is meaningless.
public final class LlamaModel implements AutoCloseable {
    /// The reward model's head.
    public static final String SCORE = "score.weight";

    private final ModelConfig config;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final WeightLayout layout;
    private final Tensor cosines; // [contextLength, headSize]
    private final Tensor sines; // [contextLength, headSize]

    private LlamaModel(ModelConfig config) {
        this.config = config;
        this.layout = new WeightLayout(config);
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            layout.parameterShapes()
                    .forEach(
                            (name, shape) -> {
                                Tensor parameter = empty(shape);
                                parameter.requires_grad_(true);
                                parameters.put(name, parameter.retainReference());
                            });
            Tensor exponents =
                    arange(new Scalar(0), new Scalar(config.headSize()), new Scalar(2))
                            .to(ScalarType.Float)
                            .div(new Scalar(1.0 * config.headSize()));
            Tensor frequencies = pow(new Scalar(config.ropeTheta()), exponents.neg());
            Tensor positions = arange(new Scalar(config.contextLength())).to(ScalarType.Float);
            Tensor angles = outer(positions, frequencies);
            Tensor both = cat(new TensorVector(angles, angles), -1);
            this.cosines = both.cos().retainReference();
            this.sines = both.sin().retainReference();
        }
    }

    /// A model with random weights: normal with deviation 0.02, the projections back into the
    /// residual stream smaller by √(2·layers) (Radford et al. 2019), norms one, a reward model's
    /// head 1/√(hidden + 1) as TRL's.
    ///
    /// @param seed the same seed gives the same weights
    public static LlamaModel random(ModelConfig config, long seed) {
        LlamaModel model = new LlamaModel(config);
        manual_seed(seed);
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            model.parameters.forEach(
                    (name, parameter) -> {
                        if (parameter.dim() == 1) {
                            parameter.fill_(new Scalar(1.0));
                        } else {
                            double deviation = initialDeviation(config, name);
                            parameter.normal_(0, deviation, new GeneratorOptional());
                        }
                    });
        }
        return model;
    }

    private static double initialDeviation(ModelConfig config, String name) {
        if (name.equals(SCORE)) {
            return 1 / Math.sqrt(config.hiddenSize() + 1.0);
        }
        boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        return residual ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02;
    }

    /// A model with a copy of the weights.
    ///
    /// @throws IllegalArgumentException when a weight is missing or of another shape
    public static LlamaModel load(ModelConfig config, Weights weights) {
        LlamaModel model = new LlamaModel(config);
        model.layout.load(weights, model.parameters);
        return model;
    }

    /// A reward model: a copy of a language model's body under a random score head.
    ///
    /// @param seed the same seed gives the same head
    /// @throws IllegalArgumentException when a weight is missing or of another shape
    public static LlamaModel loadAsReward(ModelConfig config, Weights weights, long seed) {
        LlamaModel model =
                random(config.withArchitecture(Architecture.LLAMA_SEQUENCE_CLASSIFICATION), seed);
        Map<String, Tensor> body = new LinkedHashMap<>(model.parameters);
        body.remove(SCORE);
        model.layout.load(weights, body);
        return model;
    }

    /// The weights under Hugging Face's names, as windows on this model's memory: do not use them
    /// after [#close].
    public Weights weights() {
        return layout.weights(parameters);
    }

    /// The model's configuration.
    public ModelConfig config() {
        return config;
    }

    /// The parameters by merged name, in the order of the forward pass.
    public Map<String, Tensor> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /// Number of single weights.
    public long size() {
        return parameters.values().stream().mapToLong(Tensor::numel).sum();
    }

    /// The residual stream after the last norm.
    ///
    /// @param ids [batch, time], token ids
    /// @return [batch, time, hidden]
    public Tensor hidden(Tensor ids) {
        return hidden(ids, null);
    }

    /// As [#hidden(Tensor)], and continues or fills a cache of keys and values.
    ///
    /// @param cache where the keys and values go; null: nowhere
    Tensor hidden(Tensor ids, @Nullable KvCache cache) {
        Tensor stream = embedding(parameter("model.embed_tokens.weight"), ids);
        for (int layer = 0; layer < config.layers(); layer++) {
            stream = block(layer, stream, cache);
        }
        return norm(stream, "model.norm.weight");
    }

    /// Unnormalised log-probabilities of the next token.
    ///
    /// @param hidden […, hidden], from [#hidden]; give only the rows that are needed, the head is
    ///   the largest product
    /// @return […, vocabulary]
    public Tensor logits(Tensor hidden) {
        return linear(
                hidden,
                parameter(
                        config.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight"));
    }

    /// A reward model's scores.
    ///
    /// @param hidden [rows, hidden], the last token's row of each sequence
    /// @return [rows]
    public Tensor scores(Tensor hidden) {
        return linear(hidden, parameter(SCORE)).squeeze(-1);
    }

    /// Mean cross-entropy of the next token, in nats.
    ///
    /// @param ids [batch, time]
    /// @param targets [batch, time], the ids one position later
    /// @return []
    public Tensor loss(Tensor ids, Tensor targets) {
        return cross_entropy(
                logits(hidden(ids)).view(-1, config.vocabularySize()), targets.reshape(-1));
    }

    private Tensor block(int layer, Tensor stream, @Nullable KvCache cache) {
        String block = "model.layers." + layer + ".";
        long batch = stream.size(0);
        long time = stream.size(1);
        int queryHeads = config.queryHeads();
        int kvHeads = config.kvHeads();

        Tensor queryKeyValue = // [batch, heads, time, headSize]
                linear(
                                norm(stream, block + "input_layernorm.weight"),
                                parameter(block + "self_attn.qkv_proj.weight"))
                        .view(batch, time, queryHeads + 2L * kvHeads, config.headSize())
                        .transpose(1, 2);
        Tensor value = queryKeyValue.narrow(1, queryHeads + kvHeads, kvHeads);
        Tensor unrotated = queryKeyValue.narrow(1, 0, queryHeads + kvHeads);
        Tensor attended;
        if (cache == null) {
            Tensor rotated =
                    rotate(unrotated, cosines.narrow(0, 0, time), sines.narrow(0, 0, time));
            Tensor query = rotated.narrow(1, 0, queryHeads);
            Tensor key = rotated.narrow(1, queryHeads, kvHeads);
            attended = attention(query, key, value, new TensorOptional(), true);
        } else {
            Tensor rotated = rotate(unrotated, cache.rows(cosines), cache.rows(sines));
            Tensor query = rotated.narrow(1, 0, queryHeads);
            cache.put(layer, rotated.narrow(1, queryHeads, kvHeads), value);
            attended =
                    attention(query, cache.keys(layer), cache.values(layer), cache.mask(), false);
        }
        Tensor heads = attended.transpose(1, 2).reshape(batch, time, config.querySize());
        Tensor middle = stream.add(linear(heads, parameter(block + "self_attn.o_proj.weight")));

        Tensor gateUp =
                linear(
                        norm(middle, block + "post_attention_layernorm.weight"),
                        parameter(block + "mlp.gate_up_proj.weight"));
        int inner = config.feedForwardSize();
        Tensor gated = silu(gateUp.narrow(-1, 0, inner)).mul(gateUp.narrow(-1, inner, inner));
        return middle.add(linear(gated, parameter(block + "mlp.down_proj.weight")));
    }

    private Tensor attention(
            Tensor query, Tensor key, Tensor value, TensorOptional mask, boolean causal) {
        boolean grouped = config.queryHeads() != config.kvHeads();
        return scaled_dot_product_attention(
                query, key, value, mask, 0.0, causal, new DoubleOptional(), grouped);
    }

    /// x·cos + (−x₂, x₁)·sin, with x = (x₁, x₂) split in half (Su et al. 2021).
    private static Tensor rotate(Tensor heads, Tensor cosines, Tensor sines) {
        long half = heads.size(-1) / 2;
        Tensor turned =
                cat(
                        new TensorVector(
                                heads.narrow(-1, half, half).neg(), heads.narrow(-1, 0, half)),
                        -1);
        return heads.mul(cosines).add(turned.mul(sines));
    }

    private Tensor norm(Tensor stream, String name) {
        return rms_norm(
                stream,
                new long[] {config.hiddenSize()},
                new TensorOptional(parameter(name)),
                new DoubleOptional(config.rmsNormEpsilon()));
    }

    private Tensor parameter(String name) {
        return Torch.named(parameters, name);
    }

    /// Gives the memory of all parameters back.
    @Override
    public void close() {
        parameters.values().forEach(Tensor::releaseReference);
        parameters.clear();
        cosines.releaseReference();
        sines.releaseReference();
    }
}
