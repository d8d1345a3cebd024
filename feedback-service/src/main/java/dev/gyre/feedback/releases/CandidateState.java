package dev.gyre.feedback.releases;

import java.util.Locale;

/// Where a candidate stands.
public enum CandidateState {
    /// Waits for its measurements.
    EVALUATING,
    /// Waits for a person.
    MEASURED,
    /// Has been promoted.
    PROMOTED,
    /// Rejected by the gate or a person, or rolled back.
    REJECTED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static CandidateState fromWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
