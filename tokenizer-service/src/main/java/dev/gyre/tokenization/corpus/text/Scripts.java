package dev.gyre.tokenization.corpus.text;

/// What the rules have to know about characters.
final class Scripts {
    /// Letters and digits of ASCII.
    static final boolean[] ASCII_WORD = new boolean[0x80];

    static {
        for (int unit = 0; unit < 0x80; unit++) {
            ASCII_WORD[unit] = Character.isLetterOrDigit(unit);
        }
    }

    private Scripts() {}

    /// Whether this letter is of a script written without blanks between words: Han, Kana,
    /// Bopomofo, Yi, Thai, Lao, Khmer, Myanmar, Tibetan.
    static boolean isWithoutBlanks(int point) {
        if (point < 0x0e00 || !Character.isLetter(point)) {
            return false;
        }
        return switch (Character.UnicodeScript.of(point)) {
            case HAN, HIRAGANA, KATAKANA, BOPOMOFO, YI, THAI, LAO, KHMER, MYANMAR, TIBETAN -> true;
            default -> false;
        };
    }

    static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    /// Unicode's categories of punctuation (P) and symbols (S).
    static boolean isSymbol(int point) {
        return switch (Character.getType(point)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION,
                    Character.MATH_SYMBOL,
                    Character.CURRENCY_SYMBOL,
                    Character.MODIFIER_SYMBOL,
                    Character.OTHER_SYMBOL ->
                    true;
            default -> false;
        };
    }
}
