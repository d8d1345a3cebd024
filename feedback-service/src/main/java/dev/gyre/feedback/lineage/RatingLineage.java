package dev.gyre.feedback.lineage;

import java.util.List;

/// Where a rating went.
///
/// @param datasetIds data sets that hold it, to train on or held out, oldest first
/// @param models versions trained on those data sets, reward models too, and versions trained from
///   them, oldest first
/// @param completionIds completions it judges
public record RatingLineage(
        List<String> datasetIds, List<ModelOrigin> models, List<String> completionIds) {
    public RatingLineage {
        datasetIds = List.copyOf(datasetIds);
        models = List.copyOf(models);
        completionIds = List.copyOf(completionIds);
    }
}
