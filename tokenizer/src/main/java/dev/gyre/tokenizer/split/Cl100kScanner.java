package dev.gyre.tokenizer.split;

import static dev.gyre.tokenizer.text.CharacterClasses.BLANK;
import static dev.gyre.tokenizer.text.CharacterClasses.NEWLINE;
import static dev.gyre.tokenizer.text.CharacterClasses.NUMBER;
import static dev.gyre.tokenizer.text.CharacterClasses.at;
import static dev.gyre.tokenizer.text.CharacterClasses.isLetter;
import static dev.gyre.tokenizer.text.CharacterClasses.isSpace;
import static dev.gyre.tokenizer.text.CharacterClasses.isSymbol;

/// The pattern of cl100k as Llama 3 and Qwen2 have it:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,most}| ?[^\s\p{L}\p{N}]+[\r\n]*`
/// `|\s*[\r\n]+|\s+(?!\S)|\s+`.
///
/// @param mostDigits numbers in one piece, at least 1
/// @param endTogether whether whitespace at the end of the text is one piece, as in tiktoken
record Cl100kScanner(int mostDigits, boolean endTogether) implements WindowScanner {

    @Override
    public long starts(TextWindow window) {
        return window.startsOfCl100k(mostDigits);
    }

    @Override
    public int pieceEnd(byte[] text, int start, int end) {
        if (text[start] == '\'') {
            int next = CharacterRuns.contraction(text, start, end, true);
            if (next > start) {
                return next;
            }
        }
        int character = at(text, start);
        int kind = character & 0xFF;
        int second = start + (character >>> 8);
        if (isLetter(kind)) {
            return CharacterRuns.letters(text, second, end);
        }
        if (kind == NUMBER) {
            return CharacterRuns.numbers(text, start, end, mostDigits);
        }
        int secondKind = second < end ? at(text, second) & 0xFF : NEWLINE;
        if (kind != NEWLINE && isLetter(secondKind)) {
            return CharacterRuns.letters(text, second, end);
        }
        if (!isSpace(kind)) {
            return newlines(text, CharacterRuns.symbols(text, second, end), end);
        }
        if (kind == BLANK && isSymbol(secondKind)) {
            return newlines(text, CharacterRuns.symbols(text, second, end), end);
        }
        return CharacterRuns.whitespace(text, start, end, true, endTogether);
    }

    private static int newlines(byte[] text, int position, int end) {
        int next = position;
        while (next < end && (text[next] == '\n' || text[next] == '\r')) {
            next++;
        }
        return next;
    }
}
