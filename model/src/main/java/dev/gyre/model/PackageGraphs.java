package dev.gyre.model;

import java.util.EnumMap;
import java.util.Map;

/// The ONNX graphs of a package: exported from the weights beside them, run once, and held against
/// [ReferenceForward] on those weights.
public final class PackageGraphs {
    private PackageGraphs() {}

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
                        folder.onnx(variant).getParent(),
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
