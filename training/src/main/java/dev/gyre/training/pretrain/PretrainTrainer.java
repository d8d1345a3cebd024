package dev.gyre.training.pretrain;

import dev.gyre.training.engine.AdamW;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.run.TrainingRun;
import dev.gyre.training.text.HeldOutText;
import dev.gyre.training.text.TokenStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/// Trains a model to foresee the next token of a text.
///
/// Metrics carry the names of Hugging Face's trainer: `loss`, `eval_loss`, `grad_norm`,
/// `learning_rate`, `epoch`.
public final class PretrainTrainer {
    /// Tokens of held-out text that are measured on the way.
    public static final int PREVIEW_TOKENS = 8192;

    /// Measurements and samples on the way.
    private static final int PREVIEWS = 12;

    private final LlamaModel model;
    private final TokenStream text;
    private final HeldOutText preview;
    private final Supplier<String> sample;
    private final PretrainSettings settings;
    private final TrainingRun run;

    /// @param model trained in place
    /// @param preview held-out text, measured up to a dozen times on the way
    /// @param sample what the model says as it is, for people
    public PretrainTrainer(
            LlamaModel model,
            TokenStream text,
            HeldOutText preview,
            Supplier<String> sample,
            PretrainSettings settings,
            TrainingRun run) {
        this.model = model;
        this.text = text;
        this.preview = preview;
        this.sample = sample;
        this.settings = settings;
        this.run = run;
    }

    /// Trains to the end, or until the run asks to stop.
    ///
    /// @return whether it came to the end
    public boolean train() throws IOException {
        int steps = settings.steps();
        int time = settings.sequenceLength();
        long previewEvery = Math.max(steps / PREVIEWS, stepsThatReadAPreview());
        try (AdamW optimizer = new AdamW(model.parameters(), settings.optimizer())) {
            Map<String, Tensor> state = new LinkedHashMap<>(model.parameters());
            state.putAll(optimizer.moments());

            long step = run.resume(state);
            run.begin("training", steps, step);
            while (step < steps) {
                if (run.stopRequested()) {
                    return false;
                }
                Map<String, Double> metrics = new LinkedHashMap<>();
                try (PointerScope _ = new PointerScope()) {
                    Tensor batch = text.batch(step, settings.batchSize(), time, settings.seed());
                    Tensor loss = model.loss(batch.narrow(1, 0, time), batch.narrow(1, 1, time));
                    loss.backward();
                    metrics.put("loss", (double) loss.item_float());
                }
                metrics.put("learning_rate", settings.optimizer().learningRate(step, steps));
                metrics.put("grad_norm", optimizer.step(step, steps));
                step++;
                metrics.put("epoch", text.epoch(step, settings.batchSize(), time));
                if (step % previewEvery == 0) {
                    metrics.put("eval_loss", preview.nats(model, time));
                }
                run.endStep(step, (long) settings.batchSize() * time, metrics, state);
                if (step % previewEvery == 0) {
                    run.report(step, note(metrics));
                }
            }
            return true;
        }
    }

    /// Between two measurements at least as much is trained on as is measured: in a short training
    /// they would take most of the time.
    private long stepsThatReadAPreview() {
        long stepTokens = (long) settings.batchSize() * settings.sequenceLength();
        return Math.max(1, Math.ceilDiv(preview.tokens(), stepTokens));
    }

    private String note(Map<String, Double> metrics) {
        double nats = metrics.getOrDefault("eval_loss", 0.0);
        return String.format(
                "held-out loss %.3f nats per token, %.3f bits per byte; says: %s",
                nats, preview.bitsPerByte(nats), sample.get());
    }
}
