package dev.gyre.training.preference;

import static org.bytedeco.pytorch.global.torch.log_sigmoid;
import static org.bytedeco.pytorch.global.torch.zeros;

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

/// Direct preference optimisation of all weights (Rafailov et al. 2023).
///
/// ```
/// loss = −log σ(β · ((log π(chosen) − log π_ref(chosen)) − (log π(rejected) − log π_ref(rejected))))
/// ```
///
/// The reference is the model as it comes, frozen: its log-probabilities are computed once, before
/// the first step, so that no second model is kept. Metrics carry TRL's names.
public final class DpoTrainer {
    private final LlamaModel model;
    private final List<PreferencePair> pairs;
    private final List<PreferencePair> holdout;
    private final DpoSettings settings;
    private final TrainingRun run;
    private final Set<Integer> endIds;

    /// @param model trained in place
    /// @param pairs at least one
    /// @param holdout measured after the last step; may be empty
    public DpoTrainer(
            LlamaModel model,
            List<PreferencePair> pairs,
            List<PreferencePair> holdout,
            DpoSettings settings,
            TrainingRun run) {
        this.model = model;
        this.pairs = pairs;
        this.holdout = holdout;
        this.settings = settings;
        this.run = run;
        this.endIds = Set.copyOf(model.config().eosTokenIds());
    }

    /// Trains to the end, or until the run asks to stop.
    ///
    /// @return the hold-out's metrics under TRL's names with `eval_` in front, empty without
    ///   hold-out pairs; null when the run asked to stop
    public @Nullable Map<String, Double> train() throws IOException {
        DataOrder order =
                new DataOrder(
                        pairs.size(), settings.batchSize(), settings.epochs(), settings.seed());
        try (PointerScope _ = new PointerScope();
                AdamW optimizer = new AdamW(model.parameters(), settings.optimizer())) {
            // [pairs, 2]: chosen, rejected; also in the checkpoint, for the model then is no longer
            // the reference
            Tensor reference = zeros(pairs.size(), 2);
            Tensor holdoutReference = zeros(holdout.size(), 2);
            Map<String, Tensor> state = new LinkedHashMap<>(model.parameters());
            state.putAll(optimizer.moments());
            state.put("reference.train", reference);
            if (!holdout.isEmpty()) {
                state.put("reference.holdout", holdoutReference);
            }

            long step = run.resume(state);
            if (step == 0) {
                run.begin("reference", pairs.size() + holdout.size(), 0);
                if (!logProbabilities(pairs, reference, 0)
                        || !logProbabilities(holdout, holdoutReference, pairs.size())) {
                    return null;
                }
            }
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
                long tokens = accumulateGradients(batch, reference, metrics);
                metrics.put("grad_norm", optimizer.step(step, order.steps()));
                run.endStep(++step, tokens, metrics, state);
            }
            return evaluate(holdoutReference);
        }
    }

    /// The batch's gradients, part by part, and its metrics.
    ///
    /// @return tokens of the batch
    private long accumulateGradients(
            List<Integer> batch, Tensor reference, Map<String, Double> metrics) {
        long tokens = 0;
        for (List<Integer> part :
                MicroBatches.split(batch, pairs, settings.microBatchSize(), model.config())) {
            try (PointerScope _ = new PointerScope()) {
                SequenceBatch sequences = sequences(pairs, part);
                Tensor policy = sequences.answerLogProbabilities(model).view(-1, 2);
                Tensor rewards = rewards(policy, rows(reference, part));
                Tensor margins = rewards.select(1, 0).sub(rewards.select(1, 1));
                Tensor loss = log_sigmoid(margins).sum().neg();
                loss.div(new Scalar(1.0 * batch.size())).backward();
                add(metrics, loss, policy, rewards, 1.0 / batch.size());
                tokens += sequences.paddedTokens();
            }
        }
        return tokens;
    }

    /// β · (log π − log π_ref), the implicit rewards: [pairs, 2].
    private Tensor rewards(Tensor policy, Tensor reference) {
        return policy.sub(reference).mul(new Scalar(settings.beta()));
    }

    /// Adds a part's share to the batch's means.
    private static void add(
            Map<String, Double> metrics,
            Tensor loss,
            Tensor policy,
            Tensor rewards,
            double weight) {
        float[] reward = Torch.toFloats(rewards);
        float[] logs = Torch.toFloats(policy);
        metrics.merge("loss", loss.item_float() * weight, Double::sum);
        for (int pair = 0; pair < reward.length; pair += 2) {
            double margin = reward[pair] - (double) reward[pair + 1];
            metrics.merge("rewards/chosen", reward[pair] * weight, Double::sum);
            metrics.merge("rewards/rejected", reward[pair + 1] * weight, Double::sum);
            metrics.merge("rewards/accuracies", margin > 0 ? weight : 0, Double::sum);
            metrics.merge("rewards/margins", margin * weight, Double::sum);
            metrics.merge("logps/chosen", logs[pair] * weight, Double::sum);
            metrics.merge("logps/rejected", logs[pair + 1] * weight, Double::sum);
        }
    }

    /// Log-probabilities of all answers under the model as it is.
    ///
    /// @param into [pairs, 2]
    /// @param done pairs of this phase before these
    /// @return false when the run asked to stop
    private boolean logProbabilities(List<PreferencePair> of, Tensor into, int done) {
        int count = done;
        for (List<Integer> part :
                MicroBatches.split(all(of), of, settings.microBatchSize(), model.config())) {
            if (run.stopRequested()) {
                return false;
            }
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard()) {
                Tensor logs = sequences(of, part).answerLogProbabilities(model).view(-1, 2);
                into.index_copy_(0, index(part), logs);
            }
            count += part.size();
            run.report(count, "");
        }
        return true;
    }

    private Map<String, Double> evaluate(Tensor reference) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (List<Integer> part :
                MicroBatches.split(
                        all(holdout), holdout, settings.microBatchSize(), model.config())) {
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard()) {
                Tensor policy = sequences(holdout, part).answerLogProbabilities(model).view(-1, 2);
                Tensor rewards = rewards(policy, rows(reference, part));
                Tensor margins = rewards.select(1, 0).sub(rewards.select(1, 1));
                Tensor loss = log_sigmoid(margins).sum().neg();
                add(metrics, loss, policy, rewards, 1.0 / holdout.size());
            }
        }
        Map<String, Double> named = new LinkedHashMap<>();
        metrics.forEach((name, value) -> named.put("eval_" + name, value));
        return named;
    }

    /// Chosen and rejected sequences by turns.
    private SequenceBatch sequences(List<PreferencePair> of, List<Integer> part) {
        List<Sequence> sequences = new ArrayList<>();
        for (int pair : part) {
            sequences.add(of.get(pair).chosen());
            sequences.add(of.get(pair).rejected());
        }
        return new SequenceBatch(sequences, endIds);
    }

    private static List<Integer> all(List<PreferencePair> pairs) {
        return IntStream.range(0, pairs.size()).boxed().toList();
    }

    private static Tensor rows(Tensor table, List<Integer> part) {
        return table.index_select(0, index(part));
    }

    private static Tensor index(List<Integer> part) {
        long[] rows = part.stream().mapToLong(Integer::longValue).toArray();
        return Torch.longs(rows, rows.length);
    }
}
