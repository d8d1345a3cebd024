package dev.gyre.training.evaluate;

import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Sampler;
import dev.gyre.training.engine.Torch;
import dev.gyre.training.preference.PreferencePair;
import dev.gyre.training.preference.Sequence;
import dev.gyre.training.preference.SequenceBatch;
import dev.gyre.training.run.TrainingRun;
import dev.gyre.training.text.HeldOutText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Measures a candidate against its base.
///
/// | metric | meaning |
/// |---|---|
/// | `holdout_pairs` | hold-out pairs |
/// | `holdout_correct` | pairs with a margin over zero; a tie counts half |
/// | `holdout_accuracy` | their share |
/// | `holdout_margin` | mean of log π/π_base(chosen) − log π/π_base(rejected), in nats, without β |
/// | `text_loss_candidate`, `text_loss_base` | held-out text, nats per token |
/// | `text_tokens` | tokens of that text |
/// | `kl_per_token` | mean KL(candidate ‖ base) per token of the candidate's sampled answers, in nats |
/// | `reward_accuracy` | share of hold-out pairs that the reward model ranks right; a tie counts half |
/// | `reward_score_candidate`, `reward_score_base` | its mean score of sampled answers |
/// | `mean_length_candidate`, `mean_length_base` | tokens per sampled answer |
/// | `repetition_candidate`, `repetition_base` | share of an answer's token pairs that it has had before |
/// | `sampled_prompts` | prompts that both answered, at temperature 1 |
///
/// The rows from `kl_per_token` on are there only with a reward model.
public final class Evaluation {
    /// Sequences whose forward pass runs at once.
    private static final int SEQUENCES_AT_ONCE = 16;

    private final LlamaModel candidate;
    private final LlamaModel base;
    private final @Nullable LlamaModel reward;
    private final EvaluationSettings settings;
    private final TrainingRun run;

    /// @param reward null: nothing is sampled
    /// @throws IllegalArgumentException when the models have different vocabularies
    public Evaluation(
            LlamaModel candidate,
            LlamaModel base,
            @Nullable LlamaModel reward,
            EvaluationSettings settings,
            TrainingRun run) {
        this.candidate = candidate;
        this.base = base;
        this.reward = reward;
        this.settings = settings;
        this.run = run;
        sameVocabulary(candidate, base);
        if (reward != null) {
            sameVocabulary(candidate, reward);
        }
    }

    private static void sameVocabulary(LlamaModel one, LlamaModel other) {
        int size = one.config().vocabularySize();
        int otherSize = other.config().vocabularySize();
        if (size != otherSize) {
            throw new IllegalArgumentException(
                    String.format(
                            "the candidate has %d token ids, the other model %d; compare models with"
                                    + " the same tokenizer",
                            size, otherSize));
        }
    }

    /// Measures everything.
    ///
    /// @param holdout pairs; may be empty, then the pairs' metrics say 0 pairs and nothing is
    ///   sampled
    /// @return metrics by name, see above; null when the run asked to stop
    public @Nullable Map<String, Double> measure(List<PreferencePair> holdout, HeldOutText text) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        try (NoGradGuard _ = new NoGradGuard()) {
            run.begin("hold-out pairs", 0, 0);
            pairs(holdout, metrics);
            run.begin("held-out text", 0, 0);
            metrics.put("text_loss_candidate", text.nats(candidate, settings.textWindow()));
            metrics.put("text_loss_base", text.nats(base, settings.textWindow()));
            metrics.put("text_tokens", (double) text.tokens());
            if (run.stopRequested()) {
                return null;
            }
            if (reward != null && !holdout.isEmpty()) {
                run.begin("sampled answers", 0, 0);
                samples(reward, holdout, metrics);
            }
        }
        return run.stopRequested() ? null : metrics;
    }

    private void pairs(List<PreferencePair> holdout, Map<String, Double> metrics) {
        Set<Integer> endIds = Set.copyOf(candidate.config().eosTokenIds());
        List<Sequence> sequences = new ArrayList<>();
        holdout.forEach(pair -> sequences.addAll(List.of(pair.chosen(), pair.rejected())));
        double[] ofCandidate =
                inBatches(sequences, endIds, candidate, SequenceBatch::answerLogProbabilities);
        double[] ofBase = inBatches(sequences, endIds, base, SequenceBatch::answerLogProbabilities);
        double[] margins = new double[holdout.size()];
        for (int pair = 0; pair < margins.length; pair++) {
            double chosen = ofCandidate[2 * pair] - ofBase[2 * pair];
            double rejected = ofCandidate[2 * pair + 1] - ofBase[2 * pair + 1];
            margins[pair] = chosen - rejected;
        }
        double correct = correct(margins);
        metrics.put("holdout_pairs", (double) holdout.size());
        metrics.put("holdout_correct", correct);
        if (!holdout.isEmpty()) {
            metrics.put("holdout_accuracy", correct / holdout.size());
            metrics.put("holdout_margin", Arrays.stream(margins).average().orElseThrow());
        }
        if (reward != null && !holdout.isEmpty()) {
            double[] scores = inBatches(sequences, Set.of(), reward, SequenceBatch::scores);
            double[] differences = new double[holdout.size()];
            for (int pair = 0; pair < differences.length; pair++) {
                differences[pair] = scores[2 * pair] - scores[2 * pair + 1];
            }
            metrics.put("reward_accuracy", correct(differences) / holdout.size());
        }
    }

    private static double correct(double[] margins) {
        double correct = 0;
        for (double margin : margins) {
            correct += margin > 0 ? 1 : margin == 0 ? 0.5 : 0;
        }
        return correct;
    }

    private void samples(
            LlamaModel rewardModel, List<PreferencePair> holdout, Map<String, Double> metrics) {
        List<int[]> prompts = distinctPrompts(holdout);
        metrics.put("sampled_prompts", (double) prompts.size());
        List<Sequence> candidates = answers(candidate, prompts);
        List<Sequence> bases = answers(base, prompts);
        describe("candidate", candidates, rewardModel, metrics);
        describe("base", bases, rewardModel, metrics);
        metrics.put("kl_per_token", divergence(candidates));
    }

    private List<int[]> distinctPrompts(List<PreferencePair> holdout) {
        Set<String> known = new LinkedHashSet<>();
        List<int[]> prompts = new ArrayList<>();
        int longest = candidate.config().contextLength() - 1;
        for (PreferencePair pair : holdout) {
            if (prompts.size() == settings.sampledPrompts()) {
                break;
            }
            boolean fits = pair.promptIds().length <= longest;
            if (fits && known.add(Arrays.toString(pair.promptIds()))) {
                prompts.add(pair.promptIds());
            }
        }
        return prompts;
    }

    private List<Sequence> answers(LlamaModel model, List<int[]> prompts) {
        Set<Integer> endIds = Set.copyOf(model.config().eosTokenIds());
        Sampler sampler = new Sampler(1, settings.maxTokens(), endIds, settings.seed());
        List<Sampler.Answer> answers = sampler.sample(model, prompts);
        List<Sequence> sequences = new ArrayList<>();
        for (int index = 0; index < answers.size(); index++) {
            Sampler.Answer answer = answers.get(index);
            sequences.add(new Sequence(prompts.get(index), answer.ids(), answer.ended()));
        }
        return sequences;
    }

    private static void describe(
            String who,
            List<Sequence> answers,
            LlamaModel rewardModel,
            Map<String, Double> metrics) {
        double[] scores = inBatches(answers, Set.of(), rewardModel, SequenceBatch::scores);
        metrics.put("reward_score_" + who, Arrays.stream(scores).average().orElse(0));
        metrics.put(
                "mean_length_" + who,
                answers.stream().mapToInt(answer -> answer.answerIds().length).average().orElse(0));
        metrics.put(
                "repetition_" + who,
                answers.stream()
                        .mapToDouble(answer -> repetition(answer.answerIds()))
                        .average()
                        .orElse(0));
    }

    /// Share of neighbouring token pairs that stood earlier in the same answer.
    static double repetition(int[] ids) {
        if (ids.length < 2) {
            return 0;
        }
        Set<Long> pairs = new HashSet<>();
        for (int index = 1; index < ids.length; index++) {
            pairs.add((long) ids[index - 1] << 32 | ids[index]);
        }
        return 1 - (double) pairs.size() / (ids.length - 1);
    }

    /// Mean over all answered tokens of Σ p (log p − log q), exact at every position.
    private double divergence(List<Sequence> answers) {
        double sum = 0;
        long tokens = 0;
        for (int first = 0; first < answers.size(); first += SEQUENCES_AT_ONCE / 2) {
            int end = Math.min(answers.size(), first + SEQUENCES_AT_ONCE / 2);
            try (PointerScope _ = new PointerScope()) {
                SequenceBatch batch = new SequenceBatch(answers.subList(first, end), Set.of());
                Tensor p = log_softmax(batch.answerLogits(candidate), -1);
                Tensor q = log_softmax(batch.answerLogits(base), -1);
                sum += p.exp().mul(p.sub(q)).sum().item_double();
                tokens += batch.predictedTokens();
            }
        }
        return sum / Math.max(1, tokens);
    }

    private static double[] inBatches(
            List<Sequence> sequences,
            Set<Integer> endIds,
            LlamaModel model,
            BiFunction<SequenceBatch, LlamaModel, Tensor> measure) {
        double[] values = new double[sequences.size()];
        for (int first = 0; first < values.length; first += SEQUENCES_AT_ONCE) {
            int end = Math.min(values.length, first + SEQUENCES_AT_ONCE);
            try (PointerScope _ = new PointerScope()) {
                SequenceBatch batch = new SequenceBatch(sequences.subList(first, end), endIds);
                float[] some = Torch.toFloats(measure.apply(batch, model));
                for (int index = 0; index < some.length; index++) {
                    values[first + index] = some[index];
                }
            }
        }
        return values;
    }
}
