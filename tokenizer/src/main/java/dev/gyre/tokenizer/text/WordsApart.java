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

    /// Where the word that begins at `start` ends: before the next visible blank that follows
    /// another character, or at `end`.
    public static int wordEnd(byte[] text, int start, int end) {
        int at = start;
        boolean afterBlank = true;
        while (at < end) {
            boolean blank = text[at] == (byte) 0xE2 && Utf8.codePointAt(text, at) == BLANK;
            if (blank && !afterBlank) {
                return at;
            }
            afterBlank = blank;
            at += Utf8.size(text[at]);
        }
        return end;
    }

    @Override
    public void encode(byte[] text, int start, int end, IdBuffer out) {
        for (int at = start; at < end; ) {
            int wordEnd = wordEnd(text, at, end);
            words.encode(text, at, wordEnd, out);
            at = wordEnd;
        }
    }
}
