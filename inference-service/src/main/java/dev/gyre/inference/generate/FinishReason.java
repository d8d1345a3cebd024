package dev.gyre.inference.generate;

/// Why an answer ended.
public enum FinishReason {
    /// The model ended it, or a stop text was found.
    STOP,
    /// It reached the most tokens asked for, or the context's end.
    LENGTH,
    /// The caller went away.
    CANCELLED
}
