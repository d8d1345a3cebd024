package dev.gyre.feedback.lineage;

import dev.gyre.artifacts.ModelVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A version with what it was made from.
///
/// @param parent what it was trained from; null for imports and pretraining, and where unknown
/// @param datasetId data set it was trained on; empty without one, or where the caller may not see
///   it
/// @param jobId job that made it; empty where unknown
/// @param ratingIds ratings in that data set, sorted
public record ModelOrigin(
        ModelVersion model,
        @Nullable ModelVersion parent,
        String datasetId,
        String jobId,
        List<String> ratingIds) {
    public ModelOrigin {
        ratingIds = List.copyOf(ratingIds);
    }
}
