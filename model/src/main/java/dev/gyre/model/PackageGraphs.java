package dev.gyre.model;

import dev.gyre.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// The ONNX graphs of a package: exported from the weights beside them, run once, and held against
/// [ReferenceForward] on those weights.
public final class PackageGraphs {
    private static final String PARITY_TEXT =
            "In 1905, a clerk at the patent office in Bern asked what a ray of light would look like"
                    + " to someone who rides beside it. The answer, he wrote, is that nobody can.\n"
                    + "Question: what is 7 + 5? Answer: 12.";
    private static final int MAX_PARITY_TOKENS = 64;

    private PackageGraphs() {}

    /// Tokens of a little prose, at most 64: the sequence on which packages are compared.
    public static int[] parityIds(Tokenizer tokenizer, ModelConfig config) {
        int[] ids = tokenizer.encode(PARITY_TEXT);
        int limit = Math.min(MAX_PARITY_TOKENS, config.contextLength());
        return ids.length > limit ? Arrays.copyOf(ids, limit) : ids;
    }

    /// Writes `onnx/<variant>/` for every variant.
    ///
    /// @param folder config.json and weights must be there
    /// @param parityIds tokens to compare on; a few dozen of real text say most
    /// @param threads threads for ONNX Runtime
    /// @return the parity of every variant
    /// @throws IllegalStateException if a graph does not run, or its log-probabilities are not
    ///   finite
    public static Map<OnnxVariant, OnnxParity> write(
            HuggingFaceFolder folder, int[] parityIds, int threads, Progress progress) {
        ModelConfig config = folder.config();
        var parities = new EnumMap<OnnxVariant, OnnxParity>(OnnxVariant.class);
        try (Weights weights = folder.weights()) {
            progress.report("reference", 0);
            float[][] reference = new ReferenceForward(config, weights).logits(parityIds);
            progress.report("reference", 1);
            for (OnnxVariant variant : OnnxVariant.values()) {
                String step = "onnx/" + variant.folder();
                OnnxExporter.export(
                        config,
                        weights,
                        variant,
                        folder.onnxFolder(variant),
                        done -> progress.report(step, done));
                OnnxParity parity =
                        OnnxParity.measure(
                                folder.onnx(variant), config, parityIds, reference, threads);
                if (!Double.isFinite(parity.maxLogProbabilityDifference())) {
                    throw new IllegalStateException(
                            "the %s graph gives log-probabilities that are not finite: %s"
                                    .formatted(variant.folder(), parity));
                }
                parities.put(variant, parity);
            }
        }
        return parities;
    }
}
