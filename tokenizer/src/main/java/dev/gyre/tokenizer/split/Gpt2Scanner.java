package dev.gyre.tokenizer.split;

import static dev.gyre.tokenizer.text.CharacterClasses.BLANK;
import static dev.gyre.tokenizer.text.CharacterClasses.NEW_NUMBER;
import static dev.gyre.tokenizer.text.CharacterClasses.NUMBER;
import static dev.gyre.tokenizer.text.CharacterClasses.at;
import static dev.gyre.tokenizer.text.CharacterClasses.isLetter;
import static dev.gyre.tokenizer.text.CharacterClasses.isSpace;

import dev.gyre.tokenizer.text.CharacterClasses;

/// The pattern of GPT-2: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
/// ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// With `numbersAlone` every number is cut out first and the pattern sees only what lies between
/// (SmolLM): a number then ends the text before it, so `"a 1"` gives `"a"`, `" "`, `"1"`.
record Gpt2Scanner(boolean numbersAlone) implements WindowScanner {

    @Override
    public long starts(TextWindow window) {
        return window.startsOfGpt2(numbersAlone);
    }

    @Override
    public int pieceEnd(byte[] text, int start, int end) {
        if (text[start] == '\'') {
            int next = CharacterRuns.contraction(text, start, end, false);
            if (next > start) {
                return next;
            }
        }
        int character = at(text, start);
        int kind = character & 0xFF;
        if (numbersAlone && isNumber(kind)) {
            return start + (character >>> 8);
        }
        int word = start;
        if (kind == BLANK && start + 1 < end) {
            word = start + 1;
            kind = at(text, word) & 0xFF;
        }
        if (isSpace(kind) || numbersAlone && isNumber(kind)) {
            return whitespace(text, start, end);
        }
        if (isLetter(kind)) {
            return CharacterRuns.letters(text, word, end);
        }
        if (kind == NUMBER) {
            return CharacterRuns.numbers(text, word, end, Integer.MAX_VALUE);
        }
        return symbols(text, word, end);
    }

    private int whitespace(byte[] text, int start, int end) {
        int next = CharacterRuns.whitespace(text, start, end, false, true);
        if (!numbersAlone || next == end) {
            return next;
        }
        // One character may have been left to a number, which does not take it.
        int character = at(text, next);
        int after = next + (character >>> 8);
        boolean leftOne = isSpace(character & 0xFF);
        return leftOne && isNumber(at(text, after) & 0xFF) ? after : next;
    }

    private int symbols(byte[] text, int start, int end) {
        if (!numbersAlone) {
            return CharacterRuns.symbols(text, start, end);
        }
        int next = start;
        while (next < end) {
            int character = at(text, next);
            int kind = character & 0xFF;
            if (kind == NEW_NUMBER || !CharacterClasses.isSymbol(kind)) {
                break;
            }
            next += character >>> 8;
        }
        return next;
    }

    private static boolean isNumber(int kind) {
        return kind == NUMBER || kind == NEW_NUMBER;
    }
}
