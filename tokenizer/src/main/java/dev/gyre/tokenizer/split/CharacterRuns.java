package dev.gyre.tokenizer.split;

import static dev.gyre.tokenizer.text.CharacterClasses.at;
import static dev.gyre.tokenizer.text.CharacterClasses.isLetter;
import static dev.gyre.tokenizer.text.CharacterClasses.isSpace;
import static dev.gyre.tokenizer.text.CharacterClasses.isSymbol;

import dev.gyre.tokenizer.text.CharacterClasses;

/// Runs of characters that the scanners share. Each method returns where the run ends.
final class CharacterRuns {
    private CharacterRuns() {}

    static int letters(byte[] text, int position, int end) {
        int next = position;
        while (next < end) {
            long stop = Swar.notLetters(Swar.load(text, next));
            next += Swar.first(stop);
            if (stop == 0) {
                continue;
            }
            if (next >= end) {
                return end;
            }
            if (text[next] >= 0) {
                return next;
            }
            int character = at(text, next);
            if (!isLetter(character & 0xFF)) {
                break;
            }
            next += character >>> 8;
            // Letters of other scripts come in runs.
            while (next < end && text[next] < 0) {
                character = at(text, next);
                if (!isLetter(character & 0xFF)) {
                    return next;
                }
                next += character >>> 8;
            }
        }
        return Math.min(next, end);
    }

    static int numbers(byte[] text, int position, int end, int most) {
        int next = position;
        for (int count = 0; count < most && next < end; count++) {
            int character = at(text, next);
            if ((character & 0xFF) != CharacterClasses.NUMBER) {
                break;
            }
            next += character >>> 8;
        }
        return next;
    }

    static int symbols(byte[] text, int position, int end) {
        int next = position;
        while (next < end) {
            int character = at(text, next);
            if (!isSymbol(character & 0xFF)) {
                break;
            }
            next += character >>> 8;
        }
        return next;
    }

    /// `\s+(?!\S)|\s+`, after `\s*[\r\n]+` where newlines come first: a run of whitespace leaves
    /// its last character to the word that follows.
    ///
    /// @param start the run's first character, which is whitespace
    /// @param endTogether whether `\s+\z` comes before all these
    static int whitespace(
            byte[] text, int start, int end, boolean newlinesFirst, boolean endTogether) {
        int next = start;
        int last = start;
        int afterNewline = -1;
        while (next < end) {
            int blanks = Swar.first(Swar.not(Swar.load(text, next), ' '));
            if (blanks > 0) {
                next = Math.min(next + blanks, end);
                last = next - 1;
                continue;
            }
            int character = at(text, next);
            int kind = character & 0xFF;
            if (!isSpace(kind)) {
                break;
            }
            last = next;
            next += character >>> 8;
            if (kind == CharacterClasses.NEWLINE) {
                afterNewline = next;
            }
        }
        if (next == end && endTogether) {
            return end;
        }
        if (newlinesFirst && afterNewline >= 0) {
            return afterNewline;
        }
        return next == end || last == start ? next : last;
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe; the position itself where there is none.
    ///
    /// @param position of the apostrophe
    /// @param anyCase whether capitals count, and U+017F, which folds to `s`
    static int contraction(byte[] text, int position, int end, boolean anyCase) {
        int next = position + 1;
        if (next >= end) {
            return position;
        }
        if (anyCase
                && text[next] == (byte) 0xC5
                && next + 1 < end
                && text[next + 1] == (byte) 0xBF) {
            return next + 2;
        }
        int first = anyCase ? lower(text[next]) : text[next];
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return next + 1;
        }
        if (next + 1 >= end) {
            return position;
        }
        int second = anyCase ? lower(text[next + 1]) : text[next + 1];
        boolean known =
                first == 'l' && second == 'l' || (first == 'v' || first == 'r') && second == 'e';
        return known ? next + 2 : position;
    }

    private static int lower(byte value) {
        return value >= 'A' && value <= 'Z' ? value + 32 : value;
    }
}
