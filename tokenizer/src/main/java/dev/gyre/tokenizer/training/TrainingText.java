package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.CharacterClasses;

/// Feeds one long text to a [BpeTrainer] in parts that are cut anywhere: the trainer sees the same
/// pieces as if it had the text whole.
///
/// ```java
/// TrainingText text = new TrainingText(trainer);
/// text.append("Hel");
/// text.append("lo world");
/// text.finish();
/// ```
public final class TrainingText {
    /// Longest run without a place to cut; ordinary text has one at every blank.
    static final int MAX_HELD_CHARACTERS = 16 << 20;

    private final BpeTrainer trainer;
    private final StringBuilder held = new StringBuilder();

    public TrainingText(BpeTrainer trainer) {
        this.trainer = trainer;
    }

    /// Takes the next part.
    ///
    /// @throws IllegalArgumentException if 16 million characters have no whitespace among them, or
    ///   nothing else
    public void append(String part) {
        int searchFrom = Math.max(1, held.length());
        held.append(part);
        int cut = lastCut(searchFrom);
        if (cut > 0) {
            trainer.add(held.substring(0, cut));
            held.delete(0, cut);
        }
        if (held.length() > MAX_HELD_CHARACTERS) {
            throw new IllegalArgumentException(
                    "the text has over %d characters without a change between whitespace and other characters; is it text?"
                            .formatted(MAX_HELD_CHARACTERS));
        }
    }

    /// Takes what is left. The next part begins another text.
    public void finish() {
        trainer.add(held.toString());
        held.setLength(0);
    }

    /// The last place where whitespace follows something else: no piece of GPT-2's pattern goes
    /// across it.
    private int lastCut(int from) {
        for (int i = held.length() - 1; i >= from; i--) {
            if (isSpace(held.charAt(i)) && !isSpace(held.charAt(i - 1))) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isSpace(char character) {
        return CharacterClasses.isSpace(CharacterClasses.of(character));
    }
}
