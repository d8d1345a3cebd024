package dev.gyre.tokenizer.split;

import static dev.gyre.tokenizer.text.CharacterClasses.BLANK;
import static dev.gyre.tokenizer.text.CharacterClasses.LETTER;
import static dev.gyre.tokenizer.text.CharacterClasses.LOWER;
import static dev.gyre.tokenizer.text.CharacterClasses.MARK;
import static dev.gyre.tokenizer.text.CharacterClasses.NEWLINE;
import static dev.gyre.tokenizer.text.CharacterClasses.NUMBER;
import static dev.gyre.tokenizer.text.CharacterClasses.UPPER;
import static dev.gyre.tokenizer.text.CharacterClasses.at;
import static dev.gyre.tokenizer.text.CharacterClasses.isLetter;
import static dev.gyre.tokenizer.text.CharacterClasses.isSpace;
import static dev.gyre.tokenizer.text.CharacterClasses.isSymbol;

/// The pattern of o200k (GPT-4o). With `U` = `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, `W` =
/// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and `C` = `(?i:'s|'t|'re|'ve|'m|'ll|'d)?`:
/// `[^\r\n\p{L}\p{N}]?U*W+C|[^\r\n\p{L}\p{N}]?U+W*C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*`
/// `|\s*[\r\n]+|\s+(?!\S)|\s+`. Marks belong to both word classes, so a mark may also be the one
/// character before the word.
record O200kScanner() implements WindowScanner {
    static final int MOST_DIGITS = 3;

    @Override
    public long starts(TextWindow window) {
        return window.startsOfO200k();
    }

    @Override
    public int pieceEnd(byte[] text, int start, int end) {
        int character = at(text, start);
        int kind = character & 0xFF;
        int second = start + (character >>> 8);
        int word = wordEnd(text, start, kind, second, end);
        if (word >= 0) {
            return contracted(text, word, end);
        }
        if (kind == NUMBER) {
            return CharacterRuns.numbers(text, start, end, MOST_DIGITS);
        }
        if (!isSpace(kind) || kind == BLANK && second < end && isSymbol(at(text, second) & 0xFF)) {
            return closing(text, CharacterRuns.symbols(text, second, end), end);
        }
        return CharacterRuns.whitespace(text, start, end, true, false);
    }

    private static int contracted(byte[] text, int word, int end) {
        return word < end && text[word] == '\''
                ? CharacterRuns.contraction(text, word, end, true)
                : word;
    }

    /// End of the word that begins at `start`, with or without one character before it; -1 if none.
    private static int wordEnd(byte[] text, int start, int kind, int second, int end) {
        if (isLetter(kind)) {
            int mixed = mixedWord(text, start, end);
            return mixed >= 0 ? mixed : upperRun(text, start, end);
        }
        if (kind == NEWLINE || kind == NUMBER) {
            return -1;
        }
        boolean wordFollows = second < end && isWordKind(at(text, second) & 0xFF);
        int mixed = wordFollows ? mixedWord(text, second, end) : -1;
        if (mixed >= 0) {
            return mixed;
        }
        if (kind == MARK) {
            return mixedWord(text, start, end);
        }
        return wordFollows ? upperRun(text, second, end) : -1;
    }

    /// `U*W+` at `start`; -1 if it does not match.
    private static int mixedWord(byte[] text, int start, int end) {
        int next = start;
        int afterCaseless = -1;
        while (next < end) {
            int character = at(text, next);
            int kind = character & 0xFF;
            if (kind == LOWER) {
                return lowerRun(text, next, end);
            }
            if (!isUpperKind(kind)) {
                break;
            }
            next += character >>> 8;
            if (kind != UPPER) {
                afterCaseless = next;
            }
        }
        return afterCaseless;
    }

    private static int lowerRun(byte[] text, int start, int end) {
        int next = start;
        while (next < end) {
            long stop = Swar.notLower(Swar.load(text, next));
            next += Swar.first(stop);
            if (stop == 0) {
                continue;
            }
            if (next >= end) {
                break;
            }
            int character = at(text, next);
            int kind = character & 0xFF;
            if (kind != LOWER && kind != LETTER && kind != MARK) {
                break;
            }
            next += character >>> 8;
        }
        return Math.min(next, end);
    }

    private static int upperRun(byte[] text, int start, int end) {
        int next = start;
        while (next < end) {
            int character = at(text, next);
            if (!isUpperKind(character & 0xFF)) {
                break;
            }
            next += character >>> 8;
        }
        return next > start ? next : -1;
    }

    private static boolean isUpperKind(int kind) {
        return kind >= UPPER && kind <= MARK;
    }

    private static boolean isWordKind(int kind) {
        return kind >= LOWER && kind <= MARK;
    }

    private static int closing(byte[] text, int position, int end) {
        int next = position;
        while (next < end && (text[next] == '\n' || text[next] == '\r' || text[next] == '/')) {
            next++;
        }
        return next;
    }
}
