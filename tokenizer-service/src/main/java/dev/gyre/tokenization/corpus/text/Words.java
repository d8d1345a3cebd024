package dev.gyre.tokenization.corpus.text;

import java.util.Arrays;

/// The words of a text as the quality rules count them: what stands between blanks (Python's
/// `str.split`), except that a letter of a script written without blanks is a word of its own.
final class Words {
    private final String text;
    private int[] starts;
    private int[] ends;
    private int count;

    Words(String text) {
        this.text = text;
        starts = new int[text.length() / 6 + 8];
        ends = new int[starts.length];
        split();
    }

    int count() {
        return count;
    }

    int start(int word) {
        return starts[word];
    }

    int end(int word) {
        return ends[word];
    }

    /// Length in characters (code points).
    int length(int word) {
        int length = ends[word] - starts[word];
        for (int i = starts[word]; i < ends[word]; i++) {
            if (Character.isLowSurrogate(text.charAt(i))) {
                length--;
            }
        }
        return length;
    }

    /// A 64-bit hash (FNV-1a, mixed) of the word as it is written.
    long hash(int word) {
        long hash = 0xcbf29ce484222325L;
        for (int i = starts[word]; i < ends[word]; i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return Hashing.mix(hash);
    }

    private void split() {
        int start = -1;
        for (int i = 0; i < text.length(); ) {
            char unit = text.charAt(i);
            int point = unit < 0x80 ? unit : text.codePointAt(i);
            int next = i + Character.charCount(point);
            if (isBlank(point)) {
                start = add(start, i);
            } else if (point >= 0x80 && Scripts.isWithoutBlanks(point)) {
                add(start, i);
                start = add(i, next);
            } else if (start < 0) {
                start = i;
            }
            i = next;
        }
        add(start, text.length());
    }

    static boolean isBlank(int point) {
        return point < 0x80
                ? point == ' ' || point == '\n' || point == '\t'
                : Character.isSpaceChar(point);
    }

    private int add(int start, int end) {
        if (start >= 0) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            starts[count] = start;
            ends[count++] = end;
        }
        return -1;
    }
}
