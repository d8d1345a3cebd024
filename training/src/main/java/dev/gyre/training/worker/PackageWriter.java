package dev.gyre.training.worker;

import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.Sha256;
import dev.gyre.model.DataType;
import dev.gyre.model.GenerationConfig;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.OnnxExporter;
import dev.gyre.model.OnnxParity;
import dev.gyre.model.OnnxVariant;
import dev.gyre.model.Weights;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.jspecify.annotations.Nullable;

/// Writes a trained model as a package: weights, tokenizer, ONNX graphs held against the weights,
/// manifest.
final class PackageWriter {
    /// Tokens on which the graphs are held against the weights.
    private static final int PARITY_TOKENS = 48;

    /// Operator set of the graphs that `model` writes, and the oldest ONNX Runtime that runs them.
    private static final int ONNX_OPSET = 21;

    private static final String MINIMUM_RUNTIME = "1.20.0";

    private final JobContext job;

    PackageWriter(JobContext job) {
        this.job = job;
    }

    /// Where a model comes from and what is known of it.
    ///
    /// @param name package name
    /// @param parent `name@version` that it was trained from, or null
    /// @param datasetId data set that it was trained on, or null
    /// @param metrics final metrics
    /// @param license SPDX name
    record Origin(
            String name,
            @Nullable String parent,
            @Nullable String datasetId,
            Map<String, Double> metrics,
            String license) {}

    /// What a package holds beside weights and graphs.
    ///
    /// @param tokenizerFile the tokenizer's own file
    /// @param tokenizer special tokens and chat template
    /// @param generation defaults of generation
    record Companions(
            TokenizerFolder.Content tokenizerFile,
            TokenizerConfig tokenizer,
            GenerationConfig generation) {
        static Companions of(HuggingFaceFolder folder) throws IOException {
            return new Companions(
                    new TokenizerFolder.Content(
                            folder.tokenizerFile().getFileName().toString(),
                            Files.readAllBytes(folder.tokenizerFile())),
                    folder.tokenizerConfig(),
                    folder.generationConfig());
        }
    }

    /// Writes the package and publishes it.
    ///
    /// @param variants graphs to export; none for a reward model
    /// @param sample token ids of ordinary text, on which the graphs are checked
    /// @return the manifest as published
    Manifest write(
            LlamaModel model,
            Companions companions,
            Set<OnnxVariant> variants,
            int[] sample,
            Origin origin)
            throws IOException {
        Path path = job.folder().resolve(".package");
        delete(path);
        Files.createDirectories(path);
        HuggingFaceFolder folder = new HuggingFaceFolder(path);
        ModelConfig config = model.config().withDtype(DataType.F32);
        job.run().begin("exporting", 1L + variants.size(), 0);
        folder.write(config, model.weights(), companions.tokenizer(), companions.generation());
        Files.write(
                path.resolve(companions.tokenizerFile().name()),
                companions.tokenizerFile().bytes());
        Map<String, Double> parity = new TreeMap<>();
        int done = 0;
        for (OnnxVariant variant : variants) {
            job.run().report(++done, "writing the " + variant.folder() + " graph");
            OnnxParity measured = export(model, folder, variant, sample);
            parity.put(variant.folder(), measured.maxLogProbabilityDifference());
        }
        job.run().begin("publishing", 0, 0);
        Manifest manifest =
                job.packages()
                        .publish(
                                path, files -> manifest(config, companions, files, parity, origin));
        delete(path);
        return manifest;
    }

    private OnnxParity export(
            LlamaModel model, HuggingFaceFolder folder, OnnxVariant variant, int[] sample)
            throws IOException {
        ModelConfig config = model.config();
        Path graph = folder.onnx(variant);
        try (Weights weights = model.weights()) {
            OnnxExporter.export(config, weights, variant, folder.onnxFolder(variant));
        }
        int most = Math.min(PARITY_TOKENS, config.contextLength());
        int[] ids = Arrays.copyOf(sample, Math.min(sample.length, most));
        OnnxParity parity =
                OnnxParity.measure(graph, config, ids, logits(model, ids), job.threads());
        if (!Double.isFinite(parity.maxLogProbabilityDifference())) {
            throw new IllegalStateException(
                    "the "
                            + variant.folder()
                            + " graph gives numbers that are not finite; the"
                            + " training diverged, lower the learning rate");
        }
        return parity;
    }

    /// Logits of the training engine itself, [time][vocabulary].
    private static float[][] logits(LlamaModel model, int[] ids) {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            long[] row = Arrays.stream(ids).asLongStream().toArray();
            float[] flat =
                    Torch.toFloats(model.logits(model.hidden(Torch.longs(row, 1, row.length))));
            int vocabulary = model.config().vocabularySize();
            float[][] rows = new float[ids.length][];
            for (int time = 0; time < ids.length; time++) {
                rows[time] = Arrays.copyOfRange(flat, time * vocabulary, (time + 1) * vocabulary);
            }
            return rows;
        }
    }

    private Manifest manifest(
            ModelConfig config,
            Companions companions,
            Map<String, Manifest.PackageFile> files,
            Map<String, Double> parity,
            Origin origin) {
        boolean graphs = !parity.isEmpty();
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                origin.name(),
                job.version(),
                origin.parent(),
                files,
                config.architecture().className(),
                "float32",
                Sha256.of(companions.tokenizerFile().bytes()),
                graphs ? ONNX_OPSET : 0,
                graphs ? MINIMUM_RUNTIME : null,
                origin.datasetId(),
                job.jobId(),
                finite(origin.metrics()),
                parity,
                origin.license());
    }

    private static Map<String, Double> finite(Map<String, Double> metrics) {
        Map<String, Double> finite = new TreeMap<>(metrics);
        finite.values().removeIf(value -> !Double.isFinite(value));
        return finite;
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.sorted(Comparator.reverseOrder())
                    .forEach(
                            file -> {
                                try {
                                    Files.delete(file);
                                } catch (IOException failure) {
                                    throw new UncheckedIOException(failure);
                                }
                            });
        }
    }
}
