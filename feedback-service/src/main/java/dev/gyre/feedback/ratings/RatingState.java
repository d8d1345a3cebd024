package dev.gyre.feedback.ratings;

import java.util.Locale;

/// Whether a rating counts.
public enum RatingState {
    /// A completion it points at has not arrived.
    PARKED,
    /// It counts.
    VALID,
    /// It is kept but counts for nothing; the reason says why.
    INVALID;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RatingState fromWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
