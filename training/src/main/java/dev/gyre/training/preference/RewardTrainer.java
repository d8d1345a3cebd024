package dev.gyre.training.preference;

import static org.bytedeco.pytorch.global.torch.log_sigmoid;

import dev.gyre.training.engine.AdamW;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Torch;
import dev.gyre.training.run.TrainingRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Trains a reward model: a scalar head on the last token, and the body under it, with the
/// Bradley–Terry loss −log σ(r(chosen) − r(rejected)) (Ouyang et al. 2022).
///
/// Metrics carry TRL's names.
public final class RewardTrainer {
    /// Pairs whose forward and backward pass run at once at most.
    private static final int MICRO_BATCH_PAIRS = 16;

    private final LlamaModel model;
    private final List<PreferencePair> pairs;
    private final List<PreferencePair> holdout;
    private final RewardSettings settings;
    private final TrainingRun run;

    /// @param model with a score head; trained in place
    /// @param pairs at least one
    /// @param holdout measured after the last step; may be empty
    public RewardTrainer(
            LlamaModel model,
            List<PreferencePair> pairs,
            List<PreferencePair> holdout,
            RewardSettings settings,
            TrainingRun run) {
        this.model = model;
        this.pairs = pairs;
        this.holdout = holdout;
        this.settings = settings;
        this.run = run;
    }

    /// Trains to the end, or until the run asks to stop.
    ///
    /// @return the hold-out's metrics under TRL's names with `eval_` in front, empty without
    ///   hold-out pairs; null when the run asked to stop
    public @Nullable Map<String, Double> train() throws IOException {
        DataOrder order =
                new DataOrder(
                        pairs.size(), settings.batchSize(), settings.epochs(), settings.seed());
        try (AdamW optimizer = new AdamW(model.parameters(), settings.optimizer())) {
            Map<String, Tensor> state = new LinkedHashMap<>(model.parameters());
            state.putAll(optimizer.moments());

            long step = run.resume(state);
            run.begin("training", order.steps(), step);
            while (step < order.steps()) {
                if (run.stopRequested()) {
                    return null;
                }
                List<Integer> batch = order.batch(step);
                Map<String, Double> metrics = new LinkedHashMap<>();
                metrics.put("epoch", order.epoch(step + 1));
                metrics.put(
                        "learning_rate", settings.optimizer().learningRate(step, order.steps()));
                long tokens = accumulateGradients(batch, metrics);
                metrics.put("grad_norm", optimizer.step(step, order.steps()));
                run.endStep(++step, tokens, metrics, state);
            }
            return evaluate();
        }
    }

    /// The batch's gradients, part by part, and its metrics.
    ///
    /// @return tokens of the batch
    private long accumulateGradients(List<Integer> batch, Map<String, Double> metrics) {
        long tokens = 0;
        for (List<Integer> part :
                MicroBatches.split(batch, pairs, MICRO_BATCH_PAIRS, model.config())) {
            try (PointerScope _ = new PointerScope()) {
                SequenceBatch sequences = sequences(pairs, part);
                Tensor scores = sequences.scores(model).view(-1, 2);
                Tensor loss = loss(scores);
                loss.div(new Scalar(1.0 * batch.size())).backward();
                add(metrics, loss, scores, 1.0 / batch.size());
                tokens += sequences.paddedTokens();
            }
        }
        return tokens;
    }

    /// −Σ log σ(r(chosen) − r(rejected)).
    ///
    /// @param scores [pairs, 2]
    private static Tensor loss(Tensor scores) {
        return log_sigmoid(scores.select(1, 0).sub(scores.select(1, 1))).sum().neg();
    }

    /// Adds a part's share to the batch's means.
    private static void add(
            Map<String, Double> metrics, Tensor loss, Tensor scores, double weight) {
        float[] score = Torch.toFloats(scores);
        metrics.merge("loss", loss.item_float() * weight, Double::sum);
        for (int pair = 0; pair < score.length; pair += 2) {
            double margin = score[pair] - (double) score[pair + 1];
            metrics.merge("accuracy", margin > 0 ? weight : 0, Double::sum);
            metrics.merge("margin", margin * weight, Double::sum);
            metrics.merge(
                    "mean_reward", (score[pair] + score[pair + 1]) / 2.0 * weight, Double::sum);
        }
    }

    private Map<String, Double> evaluate() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        List<Integer> all = IntStream.range(0, holdout.size()).boxed().toList();
        for (List<Integer> part :
                MicroBatches.split(all, holdout, MICRO_BATCH_PAIRS, model.config())) {
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard()) {
                Tensor scores = sequences(holdout, part).scores(model).view(-1, 2);
                add(metrics, loss(scores), scores, 1.0 / holdout.size());
            }
        }
        Map<String, Double> named = new LinkedHashMap<>();
        metrics.forEach((name, value) -> named.put("eval_" + name, value));
        return named;
    }

    /// Chosen and rejected sequences by turns. A reward model reads the answer as it was given, EOS
    /// included where there was one.
    private static SequenceBatch sequences(List<PreferencePair> of, List<Integer> part) {
        List<Sequence> sequences = new ArrayList<>();
        for (int pair : part) {
            sequences.add(of.get(pair).chosen());
            sequences.add(of.get(pair).rejected());
        }
        return new SequenceBatch(sequences, Set.of());
    }
}
