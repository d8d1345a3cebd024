package dev.gyre.feedback.rounds;

import java.util.Locale;

/// Where a round stands.
public enum RoundState {
    /// The reward model is being trained.
    REWARD,
    /// The candidate is being trained.
    PREFERENCE,
    /// The candidate is being measured.
    EVALUATING,
    /// Measured; waits for a person.
    WAITING,
    /// Ended with a promotion.
    PROMOTED,
    /// Ended with a rejection.
    REJECTED,
    /// Ended by an error.
    FAILED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RoundState fromWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
