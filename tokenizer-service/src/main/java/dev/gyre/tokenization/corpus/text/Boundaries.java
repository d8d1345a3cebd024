package dev.gyre.tokenization.corpus.text;

import java.util.List;
import java.util.Locale;

/// What may stand around personal data, and how numbers are written in groups.
final class Boundaries {
    /// Characters before a find in which a word that says what it is may stand.
    private static final int CUE = 24;

    private Boundaries() {}

    static boolean isDigit(CharSequence text, int i) {
        return i >= 0 && i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }

    /// Whether a letter or digit (not of a script without blanks) or an underline stands before.
    static boolean isWordBefore(String text, int i) {
        return i > 0 && isWord(text.codePointBefore(i));
    }

    static boolean isWordAt(String text, int i) {
        return i < text.length() && isWord(text.codePointAt(i));
    }

    private static boolean isWord(int point) {
        if (point < 0x80) {
            return Scripts.ASCII_WORD[point] || point == '_';
        }
        return Character.isLetterOrDigit(point) && !Scripts.isWithoutBlanks(point);
    }

    /// Whether a number from start to end stands alone: it is no part of a decimal, a path, an
    /// identifier with hyphens, or a word.
    static boolean isAlone(String text, int start, int end) {
        return !isWordBefore(text, start)
                && !isWordAt(text, end)
                && !(start > 1 && isJoint(text.charAt(start - 1)) && isWordBefore(text, start - 1))
                && !(end + 1 < text.length()
                        && isJoint(text.charAt(end))
                        && isWordAt(text, end + 1))
                && !(end < text.length() && text.charAt(end) == '@');
    }

    private static boolean isJoint(char unit) {
        return unit == '.' || unit == ',' || unit == '-' || unit == '/' || unit == '_';
    }

    /// A blank or no-break blank.
    static boolean isGap(char unit) {
        return unit == ' ' || unit == '\u00a0' || unit == '\u202f';
    }

    /// A hyphen, no-break hyphen or figure dash.
    static boolean isHyphen(char unit) {
        return unit == '-' || unit >= '\u2010' && unit <= '\u2013';
    }

    /// Whether one of the words stands shortly before, in any case and on the same line.
    static boolean hasCue(String text, int start, List<String> cues) {
        String before = before(text, start);
        for (String cue : cues) {
            int found = before.lastIndexOf(cue);
            if (found >= 0 && !isWordBefore(before, found)) {
                return true;
            }
        }
        return false;
    }

    /// Whether one of the words stands right before, in any case, with at most a blank or colon
    /// between.
    static boolean isLabelled(String text, int start, List<String> labels) {
        if (start == 0) {
            return false;
        }
        String before = before(text, start).strip();
        String label = before.endsWith(":") ? before.substring(0, before.length() - 1) : before;
        for (String each : labels) {
            if (label.endsWith(each) && !isWordBefore(label, label.length() - each.length())) {
                return true;
            }
        }
        return false;
    }

    private static String before(String text, int start) {
        int from = Math.max(0, start - CUE);
        String before = text.substring(from, start);
        return before.substring(before.lastIndexOf('\n') + 1).toLowerCase(Locale.ROOT);
    }

    /// A number in groups of digits with one separator between two groups.
    ///
    /// @param digits all digits
    /// @param form digits of each group and the separators, such as `3-2-4` or `4 4 4 4`; every
    ///   kind of blank is a blank and every hyphen a hyphen
    /// @param end where it ends in the text
    record Grouped(String digits, String form, int end) {}

    /// Reads the longest number of at most so many groups and 24 digits.
    static Grouped grouped(String text, int start, int maxGroups) {
        StringBuilder digits = new StringBuilder();
        StringBuilder form = new StringBuilder();
        int end = start;
        int i = start;
        for (int group = 0; group < maxGroups; group++) {
            int from = i;
            while (isDigit(text, i) && i - from < 24) {
                i++;
            }
            if (i == from || digits.length() + i - from > 24) {
                break;
            }
            if (group > 0) {
                char separator = text.charAt(from - 1);
                form.append(isGap(separator) ? ' ' : isHyphen(separator) ? '-' : separator);
            }
            digits.append(text, from, i);
            form.append(i - from);
            end = i;
            if (i + 1 >= text.length() || !isSeparator(text.charAt(i)) || !isDigit(text, i + 1)) {
                break;
            }
            i++;
        }
        return new Grouped(digits.toString(), form.toString(), end);
    }

    private static boolean isSeparator(char unit) {
        return isGap(unit) || isHyphen(unit) || unit == '.' || unit == '/';
    }

    /// Reads letters and digits of at most so many, upper case, over single blanks.
    ///
    /// @return the characters, and where each ends in the text
    static Spaced spaced(String text, int start, int most) {
        StringBuilder characters = new StringBuilder(most);
        int[] ends = new int[most];
        int i = start;
        while (i < text.length() && characters.length() < most) {
            char unit = text.charAt(i);
            if (isGap(unit) && i > start && !isGap(text.charAt(i - 1))) {
                i++;
            } else if (unit < 0x80 && Scripts.ASCII_WORD[unit]) {
                ends[characters.length()] = ++i;
                characters.append(Character.toUpperCase(unit));
            } else {
                break;
            }
        }
        return new Spaced(characters.toString(), ends);
    }

    /// Characters read over blanks.
    ///
    /// @param ends where each character ends in the text
    record Spaced(String characters, int[] ends) {}
}
