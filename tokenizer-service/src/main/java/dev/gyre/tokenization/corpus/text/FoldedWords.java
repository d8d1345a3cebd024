package dev.gyre.tokenization.corpus.text;

import java.util.Arrays;

/// The words of a text as duplicates are compared: runs of letters, digits and marks, case-folded.
/// A character of a script written without blanks is a word of its own, so that shingles of words
/// are shingles of characters there. Where a text has no letter or digit, its other visible
/// characters are the words.
final class FoldedWords {
    private final StringBuilder joined;
    private int[] starts = new int[64];
    private int count;

    private FoldedWords(int capacity) {
        joined = new StringBuilder(capacity);
    }

    static FoldedWords of(String text) {
        FoldedWords words = new FoldedWords(text.length());
        words.addWords(text);
        if (words.count == 0) {
            words.addVisible(text);
        }
        return words;
    }

    int count() {
        return count;
    }

    /// All words with one blank between them.
    String joined() {
        return joined.toString();
    }

    /// The words from one to before another, with one blank between them.
    String joined(int from, int to) {
        return joined.substring(starts[from], end(to - 1));
    }

    private int end(int word) {
        return word + 1 < count ? starts[word + 1] - 1 : joined.length();
    }

    /// A 64-bit hash (FNV-1a, mixed) of one word.
    long hash(int word) {
        int end = end(word);
        long hash = 0xcbf29ce484222325L;
        for (int i = starts[word]; i < end; i++) {
            hash = (hash ^ joined.charAt(i)) * 0x100000001b3L;
        }
        return Hashing.mix(hash);
    }

    private void addWords(String text) {
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            char unit = text.charAt(i);
            if (unit < 0x80) {
                i++;
                if (Scripts.ASCII_WORD[unit]) {
                    if (!inWord) {
                        begin();
                    }
                    joined.append(unit >= 'A' && unit <= 'Z' ? (char) (unit + 32) : unit);
                    inWord = true;
                } else {
                    inWord = false;
                }
                continue;
            }
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (Scripts.isWithoutBlanks(point)) {
                begin();
                joined.appendCodePoint(point);
                inWord = false;
            } else if (Character.isLetterOrDigit(point) || (inWord && Scripts.isMark(point))) {
                if (!inWord) {
                    begin();
                }
                joined.appendCodePoint(Character.toLowerCase(Character.toUpperCase(point)));
                inWord = true;
            } else {
                inWord = false;
            }
        }
    }

    private void addVisible(String text) {
        text.codePoints()
                .filter(point -> !Character.isWhitespace(point) && !Character.isSpaceChar(point))
                .forEach(
                        point -> {
                            begin();
                            joined.appendCodePoint(point);
                        });
    }

    private void begin() {
        if (count > 0) {
            joined.append(' ');
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = joined.length();
    }
}
