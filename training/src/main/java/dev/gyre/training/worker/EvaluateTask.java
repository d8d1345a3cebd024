package dev.gyre.training.worker;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.ModelConfig;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.EvaluateJob;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.evaluate.Evaluation;
import dev.gyre.training.text.HeldOutText;
import dev.gyre.training.wordnet.WordNetText;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures a candidate against its base on held-out pairs and text.
final class EvaluateTask {
    /// Tokens that a model sees of held-out text at a time: the starter was trained on so many, and
    /// more costs time and changes little.
    private static final int TEXT_WINDOW = 128;

    private final JobContext job;
    private final EvaluateJob request;

    EvaluateTask(JobContext job, EvaluateJob request) {
        this.job = job;
        this.request = request;
    }

    /// @return metrics by name, see [Evaluation]; null when the attempt was asked to stop
    @Nullable Map<String, Double> run() throws IOException {
        ModelVersion candidate = Specification.model("candidate", request.getCandidate());
        ModelVersion base = Specification.model("base", request.getBase());
        DatasetRef dataset = Specification.dataset(request.getDataset());
        job.run().begin("loading", 0, 0);
        sameTokenizer(candidate, base);
        HuggingFaceFolder candidateFolder = job.fetch(candidate);
        ModelConfig config = candidateFolder.config();
        Datasets.Pairs pairs = new Datasets(job.store()).read(dataset, config);
        HeldOutText text = text(candidateFolder, config);
        try (LlamaModel candidateModel = DpoTask.load(candidateFolder);
                LlamaModel baseModel = DpoTask.load(job.fetch(base));
                LlamaModel rewardModel = reward(candidate)) {
            int window = Math.min(TEXT_WINDOW, config.contextLength());
            Map<String, Double> metrics =
                    new Evaluation(
                                    candidateModel,
                                    baseModel,
                                    rewardModel,
                                    Specification.evaluation(request, window),
                                    job.run())
                            .measure(pairs.holdout(), text);
            if (metrics != null) {
                job.run().record(0, metrics);
            }
            return metrics;
        }
    }

    private @Nullable LlamaModel reward(ModelVersion candidate) throws IOException {
        if (!request.hasReward()) {
            return null;
        }
        ModelVersion reward = Specification.model("reward", request.getReward());
        sameTokenizer(candidate, reward);
        return DpoTask.load(job.fetch(reward));
    }

    private void sameTokenizer(ModelVersion one, ModelVersion other) throws IOException {
        job.fetch(one);
        job.fetch(other);
        String hash = job.manifest(one).tokenizerSha256();
        String otherHash = job.manifest(other).tokenizerSha256();
        if (!hash.equals(otherHash)) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s has the tokenizer %s, %s has %s; compare models with the same"
                                    + " tokenizer",
                            one, hash, other, otherHash));
        }
    }

    private HeldOutText text(HuggingFaceFolder folder, ModelConfig config) throws IOException {
        Tokenizer tokenizer = folder.tokenizer();
        String source = Specification.text(request.getText());
        @Nullable WordNetText wordNet = source.equals("wordnet") ? WordNetText.make() : null;
        List<String> documents = Texts.read(job.store(), source, wordNet).holdout();
        if (config.eosTokenIds().isEmpty()) {
            throw new IllegalArgumentException(
                    "the candidate has no end-of-text id; set eos_token_id in its config.json");
        }
        return Texts.heldOut(
                documents,
                tokenizer,
                config.eosTokenIds().getFirst(),
                Specification.or(request.getTextTokens(), 16_384));
    }
}
