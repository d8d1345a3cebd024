package dev.gyre.model;

import java.util.Arrays;

/// The forward pass in plain Java, in the order of the papers and in double precision: what
/// exported graphs are held against. Meant for a few dozen tokens; it keeps no cache and uses one
/// thread.
///
/// | symbol | meaning |
/// |---|---|
/// | x | residual stream, `[hidden][time]` |
/// | h | x after RMSNorm (arXiv:1910.07467) |
/// | q, k, v | queries, keys, values, `[heads · headSize][time]`, q and k turned by [Rotary] |
///
/// Attention is grouped (arXiv:2305.13245): each key and value head serves `queryHeads / kvHeads`
/// query heads. The feed-forward layer is SwiGLU (arXiv:2002.05202). Time is the inner dimension,
/// so that each weight is read once and the innermost loop runs over independent sums.
public final class ReferenceForward {
    private static final int CHUNK_ELEMENTS = 1 << 18;

    private final ModelConfig config;
    private final Weights weights;

    /// @throws IllegalArgumentException if `weights` are not those of `config`
    public ReferenceForward(ModelConfig config, Weights weights) {
        weights.check(config);
        this.config = config;
        this.weights = weights;
    }

    /// Logits of a language model after each of `ids`.
    ///
    /// @param ids one sequence, at most the context length
    /// @return [time][vocabulary], unnormalised
    public float[][] logits(int... ids) {
        String head = config.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
        return transposed(linear(head, body(ids)));
    }

    /// What a reward model says of the sequence `ids`: its score at the last token.
    public double reward(int... ids) {
        return linear("score.weight", body(ids))[0][ids.length - 1];
    }

    private double[][] body(int[] ids) {
        double[][] x = embed(ids);
        float[] cosines = Rotary.cosines(config, ids.length);
        float[] sines = Rotary.sines(config, ids.length);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";

            // x += o(attention(rope(q), rope(k), v))
            double[][] h = rmsNorm(prefix + "input_layernorm.weight", x);
            double[][] q = linear(prefix + "self_attn.q_proj.weight", h);
            double[][] k = linear(prefix + "self_attn.k_proj.weight", h);
            double[][] v = linear(prefix + "self_attn.v_proj.weight", h);
            rotate(q, cosines, sines);
            rotate(k, cosines, sines);
            add(x, linear(prefix + "self_attn.o_proj.weight", attention(q, k, v)));

            // x += down(silu(gate(h)) · up(h))
            h = rmsNorm(prefix + "post_attention_layernorm.weight", x);
            double[][] gate = linear(prefix + "mlp.gate_proj.weight", h);
            double[][] up = linear(prefix + "mlp.up_proj.weight", h);
            add(x, linear(prefix + "mlp.down_proj.weight", swiGlu(gate, up)));
        }
        return rmsNorm("model.norm.weight", x);
    }

    private double[][] embed(int[] ids) {
        if (ids.length == 0 || ids.length > config.contextLength()) {
            throw new IllegalArgumentException(
                    "%d tokens; between 1 and the context length %d are needed"
                            .formatted(ids.length, config.contextLength()));
        }
        Tensor embedding = weights.tensor("model.embed_tokens.weight");
        int hidden = config.hiddenSize();
        double[][] x = new double[hidden][ids.length];
        float[] row = new float[hidden];
        for (int time = 0; time < ids.length; time++) {
            if (ids[time] < 0 || ids[time] >= config.vocabularySize()) {
                throw new IllegalArgumentException(
                        "token id %d, the vocabulary has ids 0 to %d"
                                .formatted(ids[time], config.vocabularySize() - 1));
            }
            embedding.read((long) ids[time] * hidden, row, 0, hidden);
            for (int channel = 0; channel < hidden; channel++) {
                x[channel][time] = row[channel];
            }
        }
        return x;
    }

    /// `x / sqrt(mean(x²) + ε) · w`
    private double[][] rmsNorm(String name, double[][] x) {
        float[] weight = weights.tensor(name).toFloats();
        int times = x[0].length;
        double[] scale = new double[times];
        for (double[] channel : x) {
            for (int time = 0; time < times; time++) {
                scale[time] += channel[time] * channel[time];
            }
        }
        for (int time = 0; time < times; time++) {
            scale[time] = 1 / Math.sqrt(scale[time] / x.length + config.rmsNormEpsilon());
        }
        double[][] normed = new double[x.length][times];
        for (int channel = 0; channel < x.length; channel++) {
            for (int time = 0; time < times; time++) {
                normed[channel][time] = x[channel][time] * scale[time] * weight[channel];
            }
        }
        return normed;
    }

    /// `W·x` with W [out, in] read some rows at a time.
    private double[][] linear(String name, double[][] x) {
        Tensor weight = weights.tensor(name);
        int inputs = x.length;
        int times = x[0].length;
        int outputs = Math.toIntExact(weight.shape().getFirst());
        double[][] y = new double[outputs][times];
        int chunkRows = Math.clamp(CHUNK_ELEMENTS / inputs, 1, outputs);
        float[] rows = new float[chunkRows * inputs];
        for (int first = 0; first < outputs; first += chunkRows) {
            int count = Math.min(chunkRows, outputs - first);
            weight.read((long) first * inputs, rows, 0, count * inputs);
            for (int row = 0; row < count; row++) {
                accumulate(y[first + row], rows, row * inputs, x);
            }
        }
        return y;
    }

    private static void accumulate(double[] sums, float[] row, int offset, double[][] x) {
        for (int input = 0; input < x.length; input++) {
            double w = row[offset + input];
            double[] values = x[input];
            for (int time = 0; time < sums.length; time++) {
                sums[time] += w * values[time];
            }
        }
    }

    /// Turns the pairs (i, i + headSize/2) of every head by the angle of their position.
    private void rotate(double[][] heads, float[] cosines, float[] sines) {
        int pairs = config.headSize() / 2;
        for (int start = 0; start < heads.length; start += config.headSize()) {
            for (int pair = 0; pair < pairs; pair++) {
                double[] first = heads[start + pair];
                double[] second = heads[start + pair + pairs];
                for (int time = 0; time < first.length; time++) {
                    double cosine = cosines[time * pairs + pair];
                    double sine = sines[time * pairs + pair];
                    double a = first[time];
                    double b = second[time];
                    first[time] = a * cosine - b * sine;
                    second[time] = b * cosine + a * sine;
                }
            }
        }
    }

    /// Causal: `softmax(q·kᵀ / sqrt(headSize))·v` over the positions up to the query's own.
    private double[][] attention(double[][] q, double[][] k, double[][] v) {
        int times = q[0].length;
        int size = config.headSize();
        int group = config.queryHeads() / config.kvHeads();
        double[][] attended = new double[q.length][times];
        for (int head = 0; head < config.queryHeads(); head++) {
            int own = head * size;
            int shared = head / group * size;
            for (int time = 0; time < times; time++) {
                double[] scores = new double[time + 1];
                for (int past = 0; past <= time; past++) {
                    for (int i = 0; i < size; i++) {
                        scores[past] += q[own + i][time] * k[shared + i][past];
                    }
                    scores[past] /= Math.sqrt(size);
                }
                softmax(scores);
                for (int i = 0; i < size; i++) {
                    for (int past = 0; past <= time; past++) {
                        attended[own + i][time] += scores[past] * v[shared + i][past];
                    }
                }
            }
        }
        return attended;
    }

    private static void softmax(double[] scores) {
        double largest = Arrays.stream(scores).max().orElseThrow();
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.exp(scores[i] - largest);
            sum += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= sum;
        }
    }

    /// `silu(gate)·up` with `silu(z) = z / (1 + e^−z)`
    private static double[][] swiGlu(double[][] gate, double[][] up) {
        for (int channel = 0; channel < gate.length; channel++) {
            for (int time = 0; time < gate[channel].length; time++) {
                double z = gate[channel][time];
                gate[channel][time] = z / (1 + Math.exp(-z)) * up[channel][time];
            }
        }
        return gate;
    }

    private static void add(double[][] x, double[][] branch) {
        for (int channel = 0; channel < x.length; channel++) {
            for (int time = 0; time < x[channel].length; time++) {
                x[channel][time] += branch[channel][time];
            }
        }
    }

    private static float[][] transposed(double[][] values) {
        float[][] turned = new float[values[0].length][values.length];
        for (int row = 0; row < values.length; row++) {
            for (int time = 0; time < turned.length; time++) {
                turned[time][row] = (float) values[row][time];
            }
        }
        return turned;
    }
}
