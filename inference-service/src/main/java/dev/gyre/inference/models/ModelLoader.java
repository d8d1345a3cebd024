package dev.gyre.inference.models;

import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.inference.generate.GenerateConfig;
import dev.gyre.inference.generate.GenerateMetrics;
import dev.gyre.inference.generate.OnnxModel;
import dev.gyre.inference.generate.Scheduler;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.ModelConfig;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.ChatTemplate;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Makes a [ServedModel] out of a package: verified local copy, graph, tokenizer, warm-up.
public final class ModelLoader {
    private static final Logger LOG = Logger.getLogger(ModelLoader.class);

    private final ModelPackages packages;
    private final GenerateConfig config;
    private final MeterRegistry meters;
    private final ModelsConfig models;

    /// How a package is run.
    private record Mode(String variant, boolean reproducible) {}

    /// @throws IllegalArgumentException when reproducible mode is asked of another variant than
    ///   fp32
    public ModelLoader(
            ModelPackages packages,
            ModelsConfig models,
            GenerateConfig config,
            MeterRegistry meters) {
        this.packages = packages;
        this.config = config;
        this.meters = meters;
        this.models = models;
        if (config.reproducible() && !models.variant().orElse("fp32").equals("fp32")) {
            throw new IllegalArgumentException(
                    "gyre.models.variant is "
                            + models.variant().get()
                            + ", reproducible mode needs fp32; unset one of"
                            + " gyre.generate.reproducible and gyre.models.variant");
        }
    }

    /// Loads a version and runs it once.
    ///
    /// @throws IOException when the store cannot be read now; trying again may help
    /// @throws IllegalArgumentException when the package is not what its manifest says, lacks the
    ///   variant, or cannot be run
    ServedModel load(ModelVersion version) throws IOException {
        long start = System.nanoTime();
        Path folder = packages.fetch(version);
        HuggingFaceFolder files = new HuggingFaceFolder(folder);
        Manifest manifest = packages.manifest(version);
        Mode mode = mode(manifest);
        String variant = mode.variant();
        if (!manifest.onnxVariants().contains(variant)) {
            throw new IllegalArgumentException(
                    version
                            + " has the variants "
                            + manifest.onnxVariants()
                            + ", this service runs "
                            + variant
                            + "; set gyre.models.variant, or export the package again");
        }
        ModelConfig architecture = files.config();
        Tokenizer tokenizer = files.tokenizer();
        int context = Math.min(architecture.contextLength(), config.contextLength());
        int threads = config.threads().orElse(Runtime.getRuntime().availableProcessors());
        OnnxModel graph =
                OnnxModel.open(
                        folder.resolve("onnx").resolve(variant).resolve("model.onnx"),
                        new OnnxModel.Options(
                                config.slots(), context, config.chunkTokens(), threads));
        ServedModel model =
                new ServedModel(
                        version,
                        packages.manifestSha256(version),
                        manifest.tokenizerSha256(),
                        variant,
                        context,
                        mode.reproducible(),
                        tokenizer,
                        chatTemplate(tokenizer, TokenizerConfig.load(folder)),
                        Set.copyOf(files.generationConfig().eosTokenIds()),
                        new Scheduler(
                                graph,
                                config.queue(),
                                mode.reproducible(),
                                new GenerateMetrics(
                                        meters,
                                        version.toString(),
                                        failure -> LOG.errorf(failure, "%s failed", version))));
        model.warmUp();
        LOG.infof(
                "%s (%s) is loaded and warm after %.1f s",
                version, variant, (System.nanoTime() - start) / 1e9);
        return model;
    }

    private Mode mode(Manifest manifest) {
        if (config.reproducible()) {
            return new Mode("fp32", true);
        }
        if (models.variant().isPresent()) {
            return new Mode(models.variant().get(), false);
        }
        long bytes =
                manifest.files().entrySet().stream()
                        .filter(file -> file.getKey().startsWith("onnx/fp32/"))
                        .mapToLong(file -> file.getValue().size())
                        .sum();
        boolean small = bytes > 0 && bytes <= models.smallMegabytes() * 1_000_000L;
        return small ? new Mode("fp32", true) : new Mode("int8", false);
    }

    private static @Nullable ChatTemplate chatTemplate(
            Tokenizer tokenizer, TokenizerConfig config) {
        return config.chatTemplate() == null ? null : new ChatTemplate(tokenizer, config);
    }
}
