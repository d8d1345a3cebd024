package dev.gyre.feedback.completions;

import java.util.Locale;

/// Why an answer ended.
public enum FinishReason {
    /// The model ended it, or a stop text was found.
    STOP,
    /// It reached its longest length.
    LENGTH,
    /// The caller went away.
    CANCELLED;

    /// As it stands in data sets and tables: `stop`, `length`, `cancelled`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static FinishReason fromWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
