package dev.gyre.tokenizer.text;

/// Hands on the words of a stretch one by one: it is cut before every visible blank (U+2581) that
/// follows another character. Right for vocabularies all of whose tokens keep together.
///
/// @param words encodes single words
public record WordsApart(StretchEncoder words) implements StretchEncoder {
    private static final int BLANK = 0x2581;

    /// Whether a token has no visible blank behind another character, so that none goes across the
    /// beginning of a word.
    public static boolean keepsTogether(String token) {
        int last = token.lastIndexOf(BLANK);
        for (int i = 0; i < last; i++) {
            if (token.charAt(i) != BLANK) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        int wordStart = start;
        boolean afterBlank = true;
        for (int at = start; at < end; at += Utf8.size(text[at])) {
            boolean blank = text[at] == (byte) 0xE2 && Utf8.codePointAt(text, at) == BLANK;
            if (blank && !afterBlank) {
                words.encode(text, wordStart, at, out);
                wordStart = at;
            }
            afterBlank = blank;
        }
        if (wordStart < end) {
            words.encode(text, wordStart, end, out);
        }
    }
}
