package dev.gyre.tokenizer;

import dev.gyre.tokenizer.text.Utf8Text;
import java.util.function.Consumer;

/// The end of a text that grows: what later text may still change.
final class PendingText {
    /// Most characters that are held back: none has more than three bytes for each code unit.
    static final int MAX_CHARACTERS = Utf8Text.MAX_BYTES / 3;

    private static final int SLICE = 1 << 16;

    private final SafeCuts cuts;
    private final StringBuilder text = new StringBuilder();

    /// No place before this one, but the last cut, is a cut.
    private int searched = 1;

    private int lastCut;

    PendingText(SafeCuts cuts) {
        this.cuts = cuts;
    }

    /// Adds text at the end.
    ///
    /// @param certain takes what can be cut off at the beginning; it is forgotten
    /// @throws IllegalArgumentException if it becomes too much
    void append(CharSequence more, Consumer<String> certain) {
        for (int at = 0; at < more.length(); at += SLICE) {
            appendSlice(more, at, Math.min(more.length(), at + SLICE));
            if (lastCut > 0) {
                certain.accept(take());
            }
        }
    }

    private void appendSlice(CharSequence more, int start, int end) {
        if (end - start > MAX_CHARACTERS - text.length()) {
            throw new IllegalArgumentException(
                    "the text has over %d characters that cannot be cut: %s"
                            .formatted(
                                    MAX_CHARACTERS,
                                    cuts.any()
                                            ? "there is no blank between them; put some in"
                                            : "this vocabulary has to see a text as a whole; encode it in parts"));
        }
        text.append(more, start, end);
        int cut = cuts.last(text, searched, text.length());
        if (cut >= 0) {
            lastCut = cut;
        }
        searched = text.length();
    }

    private String take() {
        String taken = text.substring(0, lastCut);
        text.delete(0, lastCut);
        searched = Math.max(1, text.length());
        lastCut = 0;
        return taken;
    }

    /// All that is held back; it stays.
    String rest() {
        return text.toString();
    }

    /// All that is held back; it is forgotten.
    String takeAll() {
        lastCut = text.length();
        String all = take();
        text.trimToSize();
        return all;
    }
}
