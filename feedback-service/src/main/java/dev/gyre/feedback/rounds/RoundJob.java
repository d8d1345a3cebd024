package dev.gyre.feedback.rounds;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A job of a round. Its request id is the round's id and the kind: asking twice asks once.
public enum RoundJob {
    /// Trains the reward model.
    REWARD,
    /// Trains the candidate.
    PREFERENCE,
    /// Measures the candidate.
    EVALUATION;

    /// Request id of this job of a round, for example `round-7f3a/reward`.
    String requestId(String roundId) {
        return roundId + "/" + name().toLowerCase(Locale.ROOT);
    }

    /// The job that a request id names, or null when it is none of a round's.
    static @Nullable RoundJob of(String requestId) {
        for (RoundJob job : values()) {
            if (requestId.endsWith(job.requestId(""))) {
                return job;
            }
        }
        return null;
    }

    /// Id of the round that a request id of this job belongs to.
    String roundId(String requestId) {
        return requestId.substring(0, requestId.length() - requestId("").length());
    }
}
