package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.CharacterClasses;
import java.util.Arrays;

/// Takes a long text in parts and hands over what can be counted: lines, or stretches cut where no
/// piece goes across, so that the memory it takes does not grow with the text.
final class TextFeed {
    /// Longest stretch without a place to cut; ordinary text has one at every blank.
    static final int MAX_HELD_BYTES = 16 << 20;

    /// Stretches are at least this long where the text allows it.
    private static final int STRETCH = 1 << 16;

    /// Takes a text or a stretch of one.
    interface Sink {
        void accept(byte[] text, int start, int end);
    }

    private final Sink sink;
    private final TextUnit unit;
    private final boolean cuts;
    private byte[] held = new byte[2 * STRETCH];
    private int length;
    private int searched;

    /// @param cuts whether a document may be cut between words: only if pieces do not depend on
    ///   where the text begins and ends
    TextFeed(TextUnit unit, boolean cuts, Sink sink) {
        this.unit = unit;
        this.cuts = cuts;
        this.sink = sink;
    }

    /// Takes the next part.
    ///
    /// @param text whole characters in UTF-8, readable for [PieceCounts#PADDING] bytes behind
    /// @throws IllegalArgumentException if the text has no place to be cut at for too long
    void append(byte[] text, int start, int end) {
        for (int from = start; from < end; ) {
            int to = characterStart(text, from, (int) Math.min(end, from + (long) STRETCH));
            take(text, from, to);
            from = to;
        }
    }

    /// The last place up to `to` where a character begins.
    private static int characterStart(byte[] text, int from, int to) {
        int at = to;
        while (at > from + 1 && (text[at] & 0xC0) == 0x80) {
            at--;
        }
        return at;
    }

    private void take(byte[] text, int start, int end) {
        int added = end - start;
        if (length + added + PieceCounts.PADDING > held.length) {
            held = Arrays.copyOf(held, Math.max(held.length * 2, length + added + 64));
        }
        System.arraycopy(text, start, held, length, added);
        Arrays.fill(held, length + added, length + added + PieceCounts.PADDING, (byte) 0);
        length += added;
        if (unit == TextUnit.LINE) {
            handOverLines();
        } else if (cuts && length >= STRETCH) {
            handOver(lastCut());
        }
        if (length > MAX_HELD_BYTES) {
            throw new IllegalArgumentException(
                    unit == TextUnit.LINE
                            ? "a line has over %d bytes; is it text?".formatted(MAX_HELD_BYTES)
                            : cuts
                                    ? "the text has over %d bytes without a change between whitespace and other characters; is it text?"
                                            .formatted(MAX_HELD_BYTES)
                                    : "one text has over %d bytes; cut it, for example into lines"
                                            .formatted(MAX_HELD_BYTES));
        }
    }

    private void handOverLines() {
        int start = 0;
        for (int i = searched; i < length; i++) {
            if (held[i] == '\n') {
                sink.accept(held, start, i + 1);
                start = i + 1;
            }
        }
        drop(start);
    }

    private void handOver(int cut) {
        if (cut > 0) {
            sink.accept(held, 0, cut);
            drop(cut);
        }
        searched = length;
    }

    private void drop(int start) {
        System.arraycopy(held, start, held, 0, length - start + PieceCounts.PADDING);
        length -= start;
        searched = length;
    }

    /// The last place where whitespace follows something else, and no pattern's piece goes across:
    /// after a letter or number anything may follow, after other characters no line end, which some
    /// patterns take into the piece.
    private int lastCut() {
        int from = Math.max(1, searched - 4);
        for (int i = length - 1; i >= from; i--) {
            if ((held[i] & 0xC0) == 0x80) {
                continue;
            }
            int kind = CharacterClasses.at(held, i) & 0xFF;
            if (!CharacterClasses.isSpace(kind)) {
                continue;
            }
            int before = i - 1;
            while (before > 0 && (held[before] & 0xC0) == 0x80) {
                before--;
            }
            int kindBefore = CharacterClasses.at(held, before) & 0xFF;
            boolean inWord =
                    CharacterClasses.isLetter(kindBefore) || kindBefore == CharacterClasses.NUMBER;
            if (inWord
                    || !CharacterClasses.isSpace(kindBefore) && kind != CharacterClasses.NEWLINE) {
                return i;
            }
        }
        return -1;
    }

    /// Takes what is left. The next part begins another text.
    void end() {
        if (length > 0) {
            sink.accept(held, 0, length);
        }
        length = 0;
        searched = 0;
    }
}
