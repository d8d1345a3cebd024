package dev.gyre.feedback.rounds;

import dev.gyre.artifacts.ModelVersion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What trainer-service says of a job.
public sealed interface JobReport {
    /// Job id.
    String jobId();

    /// It has been accepted or is under way.
    record Accepted(String jobId) implements JobReport {}

    /// It is done.
    ///
    /// @param model package it wrote; null for a measurement
    /// @param manifestSha256 SHA-256 of that package's manifest.json; empty without one
    record Succeeded(
            String jobId,
            @Nullable ModelVersion model,
            String manifestSha256,
            Map<String, Double> metrics)
            implements JobReport {
        public Succeeded {
            metrics = Map.copyOf(metrics);
        }
    }

    /// It ended without a result, by an error or by cancellation.
    ///
    /// @param error what went wrong
    record Ended(String jobId, String error) implements JobReport {}
}
