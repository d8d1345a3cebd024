package dev.gyre.feedback.datasets;

import dev.gyre.feedback.ratings.PairVerdict;
import java.time.Instant;

/// A valid rating of a pair, as the ledger holds it.
///
/// @param first completion id
/// @param second completion id
/// @param promptSha256 hash of the prompt that both answer
/// @param rater pseudonym
record PairVote(
        String ratingId,
        String first,
        String second,
        String promptSha256,
        String rater,
        PairVerdict verdict,
        Instant time) {}
