package dev.gyre.training.preference;

/// A prompt and an answer to it.
///
/// @param promptIds at least one
/// @param answerIds at least one
/// @param ended whether the answer ended by itself
public record Sequence(int[] promptIds, int[] answerIds, boolean ended) {
    /// Tokens of prompt and answer.
    public int length() {
        return promptIds.length + answerIds.length;
    }
}
