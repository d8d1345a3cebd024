package dev.gyre.feedback.ratings;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether a rating counts, given the completions that have arrived. A pure function.
///
/// @param invalidReason empty unless `state` is [RatingState#INVALID]
record RatingCheck(RatingState state, String invalidReason) {
    /// What must be known of a completion.
    record Known(String project, String promptSha256) {}

    /// Checks a rating.
    ///
    /// @param known completions that have arrived, by id; others may be in it
    static RatingCheck of(String project, Judgement judgement, Map<String, Known> known) {
        List<String> completions = judgement.completions();
        if (!known.keySet().containsAll(completions)) {
            return new RatingCheck(RatingState.PARKED, "");
        }
        @Nullable String prompt = null;
        for (String id : completions) {
            Known completion = known.get(id);
            if (completion == null || !completion.project().equals(project)) {
                return invalid("completion " + id + " does not belong to project " + project);
            }
            if (prompt != null && !prompt.equals(completion.promptSha256())) {
                return invalid(
                        "the answers "
                                + completions.getFirst()
                                + " and "
                                + id
                                + " were given to different prompts");
            }
            prompt = completion.promptSha256();
        }
        return new RatingCheck(RatingState.VALID, "");
    }

    private static RatingCheck invalid(String reason) {
        return new RatingCheck(RatingState.INVALID, reason);
    }
}
