package dev.gyre.tokenizer.text;

import java.util.Arrays;

/// The Unicode classes that pre-tokenisers ask for, looked up from UTF-8 bytes.
///
/// The tables follow Unicode 16, as do Java 25 and the regular-expression engine of Hugging Face
/// tokenizers; `CharacterClassesTest` fails when a newer JDK classifies a code point otherwise,
/// since that would change token ids. Whitespace is the property `White_Space` (it has U+0085 and
/// U+00A0 and lacks U+001C to U+001F), not `Character.isWhitespace`.
public final class CharacterClasses {
    public static final byte OTHER = 0;
    public static final byte LOWER = 1;
    public static final byte UPPER = 2;
    public static final byte LETTER = 3;
    public static final byte MARK = 4;
    public static final byte NUMBER = 5;

    /// Thirteen numbers of Unicode 17: `Digits` of Hugging Face, which asks Rust, already knows
    /// them; its regular expressions do not.
    public static final byte NEW_NUMBER = 6;

    public static final byte SPACE_LIKE = 7;
    public static final byte NEWLINE = 8;
    public static final byte BLANK = 9;

    /// First bytes of U+5000 to U+9FFF: all of these are letters, most of Chinese.
    private static final int ALL_LETTERS = 0xE5;

    private static final int ALL_LETTERS_TO = 0xE9;
    private static final int TABLE_SIZE = 0x20000;

    /// Of ASCII from the beginning, of other characters from when they are first met: no text has
    /// most of them.
    private static final byte[] TABLE = new byte[TABLE_SIZE];

    private static final byte UNMET = -1;

    static {
        Arrays.fill(TABLE, UNMET);
        for (int ascii = 0; ascii < 0x80; ascii++) {
            TABLE[ascii] = classify(ascii);
        }
    }

    private CharacterClasses() {}

    /// Class and length of the character at `position`, as `class | length << 8`.
    ///
    /// @param text valid UTF-8
    public static int at(byte[] text, int position) {
        int first = text[position];
        return first >= 0 ? TABLE[first] | 1 << 8 : multiByte(text, position, first & 0xFF);
    }

    private static int multiByte(byte[] text, int position, int first) {
        if (first >= ALL_LETTERS && first <= ALL_LETTERS_TO) {
            return LETTER | 3 << 8;
        }
        int second = text[position + 1] & 0x3F;
        if (first < 0xE0) {
            return met((first & 0x1F) << 6 | second) | 2 << 8;
        }
        int third = text[position + 2] & 0x3F;
        if (first < 0xF0) {
            return met((first & 0x0F) << 12 | second << 6 | third) | 3 << 8;
        }
        int codePoint =
                (first & 0x07) << 18 | second << 12 | third << 6 | text[position + 3] & 0x3F;
        return of(codePoint) | 4 << 8;
    }

    public static byte of(int codePoint) {
        return codePoint < TABLE_SIZE ? met(codePoint) : classify(codePoint);
    }

    private static byte met(int codePoint) {
        byte known = TABLE[codePoint];
        return known == UNMET ? meet(codePoint) : known;
    }

    /// Threads that meet a character at the same time find the same.
    private static byte meet(int codePoint) {
        byte found = classify(codePoint);
        TABLE[codePoint] = found;
        return found;
    }

    public static boolean isLetter(int kind) {
        return kind >= LOWER && kind <= LETTER;
    }

    public static boolean isSpace(int kind) {
        return kind >= SPACE_LIKE;
    }

    /// Neither whitespace nor letter nor number: the regular expressions' `[^\s\p{L}\p{N}]`.
    public static boolean isSymbol(int kind) {
        return kind == OTHER || kind == MARK || kind == NEW_NUMBER;
    }

    private static byte classify(int codePoint) {
        if (codePoint == ' ') {
            return BLANK;
        }
        if (codePoint == '\r' || codePoint == '\n') {
            return NEWLINE;
        }
        if (isSpaceLike(codePoint)) {
            return SPACE_LIKE;
        }
        return switch (Character.getType(codePoint)) {
            case Character.LOWERCASE_LETTER -> LOWER;
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> UPPER;
            case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER;
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK ->
                    MARK;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
                    NUMBER;
            default -> isNewNumber(codePoint) ? NEW_NUMBER : OTHER;
        };
    }

    private static boolean isSpaceLike(int codePoint) {
        return switch (codePoint) {
            case 0x09, 0x0B, 0x0C, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 ->
                    true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200A;
        };
    }

    private static boolean isNewNumber(int codePoint) {
        return codePoint >= 0x11DE0 && codePoint <= 0x11DE9
                || codePoint >= 0x16FF4 && codePoint <= 0x16FF6;
    }
}
