package dev.gyre.feedback.ratings;

import java.time.Instant;

/// A rating as it stands in the ledger.
///
/// @param sequence place in the ledger, ascending
/// @param id chosen by the client
/// @param rater pseudonym, never the subject
/// @param invalidReason why it counts for nothing; empty when it counts
public record Rating(
        long sequence,
        String id,
        String project,
        Judgement judgement,
        String rater,
        Instant createTime,
        RatingState state,
        String invalidReason) {}
