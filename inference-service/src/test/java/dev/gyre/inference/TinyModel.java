package dev.gyre.inference;

import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.model.Architecture;
import dev.gyre.model.DataType;
import dev.gyre.model.GenerationConfig;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.OnnxExporter;
import dev.gyre.model.OnnxVariant;
import dev.gyre.model.Tensor;
import dev.gyre.model.Weights;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// A real model package, small enough to be made in a test: a two-layer Llama with random weights
/// that draws from a vocabulary of 320 learned from a few sentences.
public final class TinyModel {
    /// Positions that it has.
    public static final int CONTEXT = 256;

    private static final String BEGIN = "<|endoftext|>";
    private static final String END = "<|im_end|>";
    private static final String TEMPLATE =
            "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content']"
                    + " }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
                    + "{% endif %}";

    private TinyModel() {}

    /// Its tokenizer, always the same; it begins each text with a token of its own.
    public static Tokenizer tokenizer() {
        List<String> special = List.of(BEGIN, "<|im_start|>", END);
        try (TokenizerTraining training =
                new TokenizerTraining(new TrainingSettings.ByteLevelBpe(320, special))) {
            training.add(
                    "The river runs to the sea, and the sea is not full; user assistant system.",
                    20);
            training.add("One generation passes away, and another comes: the earth abides.", 20);
            return beginning(training.train().tokenizer().definition());
        }
    }

    private static Tokenizer beginning(TokenizerDefinition plain) {
        List<AddedToken> begin =
                plain.addedTokens().stream()
                        .filter(token -> token.content().equals(BEGIN))
                        .toList();
        return new Tokenizer(
                new TokenizerDefinition(
                        plain.normalizer(),
                        plain.preTokenizer(),
                        plain.model(),
                        plain.addedTokens(),
                        PostProcessor.around(begin, List.of()),
                        plain.decoder()));
    }

    /// The ids of a text prompt: the token that begins each text, then the text's.
    public static List<Integer> promptIds(String text) {
        Tokenizer tokenizer = tokenizer();
        return IntStream.concat(
                        IntStream.of(tokenizer.addedTokenId(BEGIN).orElseThrow()),
                        IntStream.of(tokenizer.encode(text)))
                .boxed()
                .toList();
    }

    /// Writes the files of a package, without a manifest.
    ///
    /// @param seed of the weights
    /// @return the folder
    public static Path write(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        Tokenizer tokenizer = tokenizer();
        int end = tokenizer.addedTokenId(END).orElseThrow();
        ModelConfig config =
                new ModelConfig(
                        Architecture.LLAMA_CAUSAL,
                        tokenizer.vocabularySize(),
                        2,
                        64,
                        4,
                        2,
                        16,
                        128,
                        CONTEXT,
                        10_000,
                        1e-5,
                        true,
                        end,
                        List.of(end),
                        end,
                        DataType.F32);
        TokenizerJson.save(tokenizer, folder.resolve("tokenizer.json"));
        try (Weights weights = randomWeights(config, seed)) {
            HuggingFaceFolder files = new HuggingFaceFolder(folder);
            files.write(
                    config,
                    weights,
                    new TokenizerConfig(null, END, END, null, TEMPLATE),
                    GenerationConfig.of(config));
            for (OnnxVariant variant : OnnxVariant.values()) {
                OnnxExporter.export(
                        config, weights, variant, folder.resolve("onnx").resolve(variant.folder()));
            }
        }
        return folder;
    }

    /// Publishes a package with weights of that seed.
    public static void publish(
            ModelPackages packages, ModelVersion version, long seed, Path workFolder)
            throws IOException {
        Path folder = write(workFolder.resolve(version.toString()), seed);
        String tokenizerSha256 = sha256(folder.resolve("tokenizer.json"));
        packages.publish(
                folder,
                files ->
                        new Manifest(
                                Manifest.SCHEMA_VERSION,
                                version.name(),
                                version.version(),
                                null,
                                files,
                                "LlamaForCausalLM",
                                "float32",
                                tokenizerSha256,
                                21,
                                "1.20",
                                null,
                                null,
                                Map.of(),
                                Map.of("fp32", 0.0),
                                "Apache-2.0"));
    }

    private static Weights randomWeights(ModelConfig config, long seed) {
        Random random = new Random(seed);
        List<Tensor> tensors = new ArrayList<>();
        config.weightShapes()
                .forEach(
                        (name, shape) -> {
                            float[] values =
                                    new float
                                            [shape.stream()
                                                    .mapToInt(Math::toIntExact)
                                                    .reduce(1, (a, b) -> a * b)];
                            boolean norm = name.endsWith("norm.weight");
                            double scale = name.contains("embed") ? 0.3 : 0.15;
                            for (int i = 0; i < values.length; i++) {
                                values[i] = (float) (norm ? 1 : scale * random.nextGaussian());
                            }
                            tensors.add(Tensor.of(name, shape, values));
                        });
        return Weights.of(tensors);
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(java.io.OutputStream.nullOutputStream());
            return String.format("%064x", new BigInteger(1, digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
