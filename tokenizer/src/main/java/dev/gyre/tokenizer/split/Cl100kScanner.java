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
/// tiktoken's own cl100k differs at the end of a text: there trailing whitespace is one piece even
/// when it has newlines.
///
/// @param mostDigits numbers in one piece, at least 1
record Cl100kScanner(int mostDigits) implements PieceScanner {

    @Override
    public int scan(byte[] text, int start, int end, int[] ends) {
        int count = 0;
        int position = start;
        while (position < end && count < ends.length) {
            int first = text[position];
            if (first == ' ' || isAsciiLetter(first)) {
                long stop = Swar.notLetters(Swar.load(text, position + 1));
                int next = position + 1 + Swar.first(stop);
                if (stop != 0
                        && text[next] >= 0
                        && next < end
                        && (next > position + 1 || first != ' ')) {
                    position = next;
                    ends[count++] = position;
                    continue;
                }
            }
            position = pieceEnd(text, position, end);
            ends[count++] = position;
        }
        return count;
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
        return CharacterRuns.whitespace(text, start, end, true);
    }

    private static int newlines(byte[] text, int position, int end) {
        int next = position;
        while (next < end && (text[next] == '\n' || text[next] == '\r')) {
            next++;
        }
        return next;
    }

    private static boolean isAsciiLetter(int value) {
        return (value | 0x20) >= 'a' && (value | 0x20) <= 'z';
    }
}
