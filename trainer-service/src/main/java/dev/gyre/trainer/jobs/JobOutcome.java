package dev.gyre.trainer.jobs;

import dev.gyre.artifacts.ModelVersion;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a finished job made.
///
/// @param model the package written; `null` for a job that writes none
/// @param manifestSha256 hash of the package's manifest in lower-case hexadecimal; empty without
///   one
/// @param metrics final metrics by name
/// @param metricsPath path of the metric file in the artifact store
public record JobOutcome(
        @Nullable ModelVersion model,
        String manifestSha256,
        Map<String, Double> metrics,
        String metricsPath) {
    public JobOutcome {
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        if (model != null && !manifestSha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "the manifest of "
                            + model
                            + " has the hash '"
                            + manifestSha256
                            + "'; 64 hexadecimal digits are needed");
        }
    }
}
