package dev.gyre.feedback.datasets;

import dev.gyre.artifacts.ModelVersion;
import java.time.Instant;

/// A sealed data set.
///
/// @param sequence place in the list, ascending
/// @param sha256 hash over its files; the same ratings give the same hash
/// @param model version that gave the answers
public record Dataset(
        long sequence,
        String id,
        String project,
        String releaseLine,
        String sha256,
        int trainingPairs,
        int holdoutPairs,
        ModelVersion model,
        double holdoutShare,
        Instant createTime) {}
