package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.Utf8;
import org.jspecify.annotations.Nullable;

/// Which substrings may be tokens of a Unigram vocabulary: a visible blank only at the beginning,
/// characters of one script, not too long; as SentencePiece's trainer has it by default.
///
/// @param longest most characters
record PieceShape(int longest) {
    /// In place of characters that get no token, U+2585, as in SentencePiece.
    static final int UNKNOWN = 0x2585;

    private static final int BLANK = 0x2581;

    /// Whether a stretch of at least two characters may be a token.
    boolean isToken(byte[] text, int start, int end) {
        int characters = 0;
        Character.@Nullable UnicodeScript script = null;
        for (int at = start; at < end; at += Utf8.size(text[at])) {
            int point = Utf8.codePointAt(text, at);
            characters++;
            if (characters > longest
                    || point == UNKNOWN
                    || point == UnigramCutter.END
                    || point == UnigramCutter.BOUNDARY
                    || point == ' '
                    || point == BLANK && at > start) {
                return false;
            }
            if (point == BLANK) {
                continue;
            }
            Character.@Nullable UnicodeScript own = script(point);
            if (own == Character.UnicodeScript.INHERITED) {
                own = script;
            }
            if (script != null && own != script) {
                return false;
            }
            script = own;
        }
        return characters > 1;
    }

    /// Japanese is written in three scripts at once.
    private static Character.UnicodeScript script(int point) {
        Character.UnicodeScript script = Character.UnicodeScript.of(point);
        boolean kana =
                script == Character.UnicodeScript.HIRAGANA
                        || script == Character.UnicodeScript.KATAKANA
                        || point == 0x30FC;
        return kana ? Character.UnicodeScript.HAN : script;
    }
}
