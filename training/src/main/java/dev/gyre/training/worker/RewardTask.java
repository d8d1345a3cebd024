package dev.gyre.training.worker;

import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.Weights;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.RewardJob;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.preference.RewardSettings;
import dev.gyre.training.preference.RewardTrainer;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Trains a reward model from a language model and a data set.
final class RewardTask {
    private final JobContext job;
    private final RewardJob request;

    RewardTask(JobContext job, RewardJob request) {
        this.job = job;
        this.request = request;
    }

    /// @return null when the attempt was asked to stop
    @Nullable Manifest run() throws IOException {
        ModelVersion base = Specification.model("base", request.getBase());
        DatasetRef dataset = Specification.dataset(request.getDataset());
        job.run().begin("loading", 0, 0);
        HuggingFaceFolder folder = job.fetch(base);
        Datasets.Pairs pairs = new Datasets(job.store()).read(dataset, folder.config());
        RewardSettings settings = Specification.reward(request, pairs.train().size());
        try (LlamaModel model = load(folder, settings.seed())) {
            Map<String, Double> metrics =
                    new RewardTrainer(model, pairs.train(), pairs.holdout(), settings, job.run())
                            .train();
            if (metrics == null) {
                return null;
            }
            String name =
                    request.getModelName().isEmpty()
                            ? base.name() + "-reward"
                            : request.getModelName();
            return new PackageWriter(job)
                    .write(
                            model,
                            PackageWriter.Companions.of(folder),
                            Set.of(),
                            new int[0],
                            new PackageWriter.Origin(
                                    name,
                                    base.toString(),
                                    dataset.getId(),
                                    metrics,
                                    job.manifest(base).license()));
        }
    }

    private static LlamaModel load(HuggingFaceFolder folder, long seed) {
        try (Weights weights = folder.weights()) {
            return LlamaModel.loadAsReward(folder.config(), weights, seed);
        }
    }
}
