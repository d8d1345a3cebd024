package dev.gyre.training.worker;

import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.OnnxVariant;
import dev.gyre.model.Weights;
import dev.gyre.proto.training.v1.DatasetRef;
import dev.gyre.proto.training.v1.DpoJob;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.preference.DpoSettings;
import dev.gyre.training.preference.DpoTrainer;
import dev.gyre.training.preference.PreferencePair;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Trains a candidate from a language model and a data set by direct preference optimisation.
final class DpoTask {
    private final JobContext job;
    private final DpoJob request;

    DpoTask(JobContext job, DpoJob request) {
        this.job = job;
        this.request = request;
    }

    /// @return null when the attempt was asked to stop
    @Nullable Manifest run() throws IOException {
        ModelVersion base = Specification.model("base", request.getBase());
        DatasetRef dataset = Specification.dataset(request.getDataset());
        Manifest parent = job.manifest(base);
        Set<OnnxVariant> variants =
                Specification.variants(
                        request.getVariantsList(),
                        Specification.variants(
                                parent.onnxVariants(), Set.of(OnnxVariant.values())));
        job.run().begin("loading", 0, 0);
        HuggingFaceFolder folder = job.fetch(base);
        Datasets.Pairs pairs = new Datasets(job.store()).read(dataset, folder.config());
        DpoSettings settings = Specification.dpo(request, pairs.train().size());
        try (LlamaModel model = load(folder)) {
            Map<String, Double> metrics =
                    new DpoTrainer(model, pairs.train(), pairs.holdout(), settings, job.run())
                            .train();
            if (metrics == null) {
                return null;
            }
            String name = request.getModelName().isEmpty() ? base.name() : request.getModelName();
            return new PackageWriter(job)
                    .write(
                            model,
                            PackageWriter.Companions.of(folder),
                            variants,
                            someIds(pairs.train()),
                            new PackageWriter.Origin(
                                    name,
                                    base.toString(),
                                    dataset.getId(),
                                    metrics,
                                    parent.license()));
        }
    }

    static LlamaModel load(HuggingFaceFolder folder) {
        try (Weights weights = folder.weights()) {
            return LlamaModel.load(folder.config(), weights);
        }
    }

    /// Prompt and chosen answer of the first pairs, one after the other.
    private static int[] someIds(List<PreferencePair> pairs) {
        return pairs.stream()
                .limit(8)
                .flatMapToInt(
                        pair ->
                                IntStream.concat(
                                        Arrays.stream(pair.promptIds()),
                                        Arrays.stream(pair.chosenIds())))
                .toArray();
    }
}
