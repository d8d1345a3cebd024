package dev.gyre.training.preference;

/// A rated pair of answers to one prompt, as token ids.
///
/// @param ratingId the rating it came from
/// @param promptIds the prompt's ids, at least one
/// @param chosenIds ids of the better answer, exactly as generated, at least one; end with the EOS
///   id only where the model emitted it
/// @param rejectedIds the same of the worse answer
/// @param chosenEnded whether the better answer ended by itself (finish reason `stop`), not at the
///   token limit
/// @param rejectedEnded the same of the worse answer
public record PreferencePair(
        String ratingId,
        int[] promptIds,
        int[] chosenIds,
        int[] rejectedIds,
        boolean chosenEnded,
        boolean rejectedEnded) {
    public PreferencePair {
        if (promptIds.length == 0 || chosenIds.length == 0 || rejectedIds.length == 0) {
            throw new IllegalArgumentException(
                    String.format(
                            "rating %s has %d prompt, %d chosen and %d rejected ids; each needs at"
                                    + " least one",
                            ratingId, promptIds.length, chosenIds.length, rejectedIds.length));
        }
    }

    /// The prompt with the better answer.
    public Sequence chosen() {
        return new Sequence(promptIds, chosenIds, chosenEnded);
    }

    /// The prompt with the worse answer.
    public Sequence rejected() {
        return new Sequence(promptIds, rejectedIds, rejectedEnded);
    }

    /// Tokens of the longer of the two sequences.
    int longest() {
        return promptIds.length + Math.max(chosenIds.length, rejectedIds.length);
    }
}
