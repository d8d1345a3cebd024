package dev.gyre.tokenization.corpus.text;

import java.text.Normalizer;

/// The one form in which a corpus keeps text: valid UTF-16 in NFC, lines that end in `\n`, no other
/// control character than `\t`, no byte order mark, no blank at the end of a line, at most two
/// blank lines together, none at the ends. Applying it twice is applying it once.
final class TextNormalizer {
    /// Marks on one character beyond the 30 of Unicode's Stream-Safe Text Format (UAX #15, section
    /// 13) are dropped: ordering them costs quadratic time, and no writing system has so many.
    private static final int MAX_MARKS = 30;

    private static final int MAX_LINE_FEEDS = 3;

    private TextNormalizer() {}

    static String normalize(String text) {
        if (isNormalAscii(text)) {
            return text;
        }
        StringBuilder units = new StringBuilder(text.length());
        boolean ascii = characters(text, units);
        if (!ascii) {
            String composed = Normalizer.normalize(units, Normalizer.Form.NFC);
            units = new StringBuilder(composed.length());
            characters(composed, units);
        }
        return lines(units);
    }

    /// Most documents of a clean corpus are ASCII and need nothing.
    private static boolean isNormalAscii(String text) {
        int feeds = MAX_LINE_FEEDS;
        char previous = '\n';
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '\n') {
                if (previous == ' ' || previous == '\t' || ++feeds > MAX_LINE_FEEDS) {
                    return false;
                }
            } else if (unit >= 0x7f || (unit < ' ' && unit != '\t')) {
                return false;
            } else {
                feeds = 0;
            }
            previous = unit;
        }
        return text.isEmpty() || (previous != '\n' && previous != ' ' && previous != '\t');
    }

    /// Rules for single characters.
    ///
    /// @return whether all of them are ASCII
    private static boolean characters(String text, StringBuilder units) {
        boolean ascii = true;
        int marks = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit >= ' ' && unit < 0x7f) {
                units.append(unit);
                marks = 0;
            } else if (unit < 0xa0) {
                if (unit == '\n' || unit == '\t') {
                    units.append(unit);
                    marks = 0;
                } else if (isLineEnd(unit)) {
                    boolean pair = unit == '\r' && i + 1 < text.length();
                    if (!pair || text.charAt(i + 1) != '\n') {
                        units.append('\n');
                        marks = 0;
                    }
                }
            } else if (unit == '\u2028' || unit == '\u2029') {
                units.append(unit == '\u2028' ? "\n" : "\n\n");
                marks = 0;
            } else if (unit != '\ufeff') {
                ascii = false;
                int point = text.codePointAt(i);
                if (point >= Character.MIN_SUPPLEMENTARY_CODE_POINT) {
                    i++;
                } else if (Character.isSurrogate(unit)) {
                    point = 0xfffd;
                }
                marks = point >= 0x300 && Scripts.isMark(point) ? marks + 1 : 0;
                if (marks <= MAX_MARKS) {
                    units.appendCodePoint(point);
                }
            }
        }
        return ascii;
    }

    /// Carriage return, vertical tab, form feed, next line.
    private static boolean isLineEnd(char unit) {
        return unit == '\r' || unit == '\u000b' || unit == '\f' || unit == '\u0085';
    }

    private static String lines(StringBuilder units) {
        StringBuilder lines = new StringBuilder(units.length());
        int feeds = 0;
        int start = 0;
        while (start <= units.length()) {
            int feed = indexOfLineFeed(units, start);
            int end = feed;
            while (end > start && isBlank(units.charAt(end - 1))) {
                end--;
            }
            if (end > start) {
                if (!lines.isEmpty()) {
                    lines.repeat('\n', Math.min(feeds, MAX_LINE_FEEDS));
                }
                lines.append(units, start, end);
                feeds = 0;
            }
            feeds++;
            start = feed + 1;
        }
        return lines.toString();
    }

    private static int indexOfLineFeed(StringBuilder units, int from) {
        int i = from;
        while (i < units.length() && units.charAt(i) != '\n') {
            i++;
        }
        return i;
    }

    private static boolean isBlank(char unit) {
        return unit == ' ' || unit == '\t' || (unit >= 0xa0 && Character.isSpaceChar(unit));
    }
}
