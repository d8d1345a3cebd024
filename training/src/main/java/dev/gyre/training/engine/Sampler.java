package dev.gyre.training.engine;

import static org.bytedeco.pytorch.global.torch.softmax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/// Generates answers in batches, with a cache of keys and values, for evaluation and for samples on
/// the way. Serving is inference-service's business.
///
/// Every prompt has random numbers of its own, a function of the seed and its place in the list:
/// two models asked with the same seed draw with the same luck, which makes them easier to compare.
///
/// @param temperature 0 takes the likeliest token; 1 the model's own distribution
/// @param maxTokens tokens per answer at most
/// @param endIds ids that end an answer; they are part of it
/// @param seed of the random numbers
public record Sampler(double temperature, int maxTokens, Set<Integer> endIds, long seed) {
    private static final int ROWS_AT_ONCE = 32;

    public Sampler {
        if (!(temperature >= 0) || maxTokens < 1) {
            throw new IllegalArgumentException(
                    "temperature is "
                            + temperature
                            + " and max_tokens "
                            + maxTokens
                            + "; they must be at least 0 and 1");
        }
        endIds = Set.copyOf(endIds);
    }

    /// A generated answer.
    ///
    /// @param ids at least one; the end id is the last where it ended by itself
    /// @param ended whether it ended by itself
    public record Answer(int[] ids, boolean ended) {}

    /// Answers every prompt.
    ///
    /// @param prompts token ids, each at least one and shorter than the model's context
    /// @return in the order of the prompts
    public List<Answer> sample(LlamaModel model, List<int[]> prompts) {
        List<Answer> answers = new ArrayList<>();
        for (int first = 0; first < prompts.size(); first += ROWS_AT_ONCE) {
            int end = Math.min(prompts.size(), first + ROWS_AT_ONCE);
            answers.addAll(sampleBatch(model, prompts.subList(first, end), first));
        }
        return answers;
    }

    private List<Answer> sampleBatch(LlamaModel model, List<int[]> prompts, int firstIndex) {
        int batch = prompts.size();
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
        int capacity = Math.min(model.config().contextLength(), longest + maxTokens);
        int[][] answers = new int[batch][maxTokens];
        int[] lengths = new int[batch];
        boolean[] ended = new boolean[batch];
        boolean[] done = new boolean[batch];
        SplittableRandom[] random = new SplittableRandom[batch];
        for (int row = 0; row < batch; row++) {
            random[row] = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + firstIndex + row);
        }
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            KvCache cache = new KvCache(model.config(), batch, capacity);
            float[] probabilities = prefill(model, prompts, longest, cache);
            long[] positions = new long[batch];
            for (int token = 0; token < maxTokens; token++) {
                int vocabulary = probabilities.length / batch;
                long[] next = new long[batch];
                boolean allDone = true;
                for (int row = 0; row < batch; row++) {
                    int id = draw(probabilities, row * vocabulary, vocabulary, random[row]);
                    next[row] = id;
                    positions[row] = (long) prompts.get(row).length + token;
                    if (!done[row]) {
                        answers[row][lengths[row]++] = id;
                        ended[row] = endIds.contains(id);
                        done[row] = ended[row] || positions[row] + 1 >= capacity;
                    }
                    allDone &= done[row];
                }
                if (allDone || token == maxTokens - 1) {
                    break;
                }
                probabilities = step(model, next, positions, cache);
            }
        }
        List<Answer> result = new ArrayList<>();
        for (int row = 0; row < batch; row++) {
            result.add(new Answer(Arrays.copyOf(answers[row], lengths[row]), ended[row]));
        }
        return result;
    }

    private float[] prefill(LlamaModel model, List<int[]> prompts, int longest, KvCache cache) {
        long[] ids = new long[prompts.size() * longest];
        long[] last = new long[prompts.size()];
        for (int row = 0; row < prompts.size(); row++) {
            int[] prompt = prompts.get(row);
            for (int column = 0; column < prompt.length; column++) {
                ids[row * longest + column] = prompt[column];
            }
            last[row] = (long) row * longest + prompt.length - 1;
        }
        try (PointerScope _ = new PointerScope()) {
            cache.advance(new long[prompts.size()], longest);
            Tensor hidden =
                    model.hidden(Torch.longs(ids, prompts.size(), longest), cache)
                            .view(-1, model.config().hiddenSize())
                            .index_select(0, Torch.longs(last, last.length));
            return probabilities(model.logits(hidden));
        }
    }

    private float[] step(LlamaModel model, long[] ids, long[] positions, KvCache cache) {
        try (PointerScope _ = new PointerScope()) {
            cache.advance(positions, 1);
            Tensor hidden = model.hidden(Torch.longs(ids, ids.length, 1), cache).squeeze(1);
            return probabilities(model.logits(hidden));
        }
    }

    private float[] probabilities(Tensor logits) {
        Tensor scaled = temperature > 0 ? logits.div(new Scalar(temperature)) : logits;
        return Torch.toFloats(softmax(scaled, -1));
    }

    private int draw(float[] probabilities, int offset, int size, SplittableRandom random) {
        double target = temperature == 0 ? Double.POSITIVE_INFINITY : random.nextDouble();
        double sum = 0;
        int best = 0;
        for (int id = 0; id < size; id++) {
            float probability = probabilities[offset + id];
            sum += probability;
            if (sum > target) {
                return id;
            }
            if (probability > probabilities[offset + best]) {
                best = id;
            }
        }
        return best; // the likeliest; also where rounding left the sum below the target
    }
}
