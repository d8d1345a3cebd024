package dev.gyre.feedback.ratings;

/// Which of two answers is better.
public enum PairVerdict {
    /// The first is much better.
    FIRST_MUCH_BETTER,
    /// The first is better.
    FIRST_BETTER,
    /// Both are equally good.
    TIE,
    /// The second is better.
    SECOND_BETTER,
    /// The second is much better.
    SECOND_MUCH_BETTER,
    /// Both are bad.
    BOTH_BAD,
    /// Not judged.
    SKIPPED;

    /// Whether it prefers the first answer.
    public boolean prefersFirst() {
        return this == FIRST_MUCH_BETTER || this == FIRST_BETTER;
    }

    /// Whether it prefers the second answer.
    public boolean prefersSecond() {
        return this == SECOND_MUCH_BETTER || this == SECOND_BETTER;
    }

    /// Whether the preference is a strong one.
    public boolean isStrong() {
        return this == FIRST_MUCH_BETTER || this == SECOND_MUCH_BETTER;
    }
}
