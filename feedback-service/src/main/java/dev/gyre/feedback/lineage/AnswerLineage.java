package dev.gyre.feedback.lineage;

import java.util.List;

/// Where an answer comes from.
///
/// @param models the version that answered, then its parent, and so on to the first
/// @param ratingIds ratings of this answer, in the order they were given
public record AnswerLineage(List<ModelOrigin> models, List<String> ratingIds) {
    public AnswerLineage {
        models = List.copyOf(models);
        ratingIds = List.copyOf(ratingIds);
    }
}
