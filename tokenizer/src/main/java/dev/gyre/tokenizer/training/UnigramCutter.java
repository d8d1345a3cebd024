package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.training.TrainingSettings.Unigram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Cuts normalised text into words, each of which begins with a visible blank, for learning a
/// Unigram vocabulary.
///
/// A word is handed over with what follows it, since that decides which substrings branch: the next
/// word's blank, or [#END] and the blank that every text begins with.
record UnigramCutter(Unigram settings, List<byte[]> specialTokens) implements PieceCounter.Cutter {
    /// A visible blank, U+2581.
    static final byte[] BLANK = {(byte) 0xE2, (byte) 0x96, (byte) 0x81};

    /// Ends a text.
    static final byte END = 0;

    /// Stands where a special token or a null character stood: no token has it.
    static final byte BOUNDARY = 0x1F;

    UnigramCutter(Unigram settings) {
        this(settings, new ArrayList<>());
        for (String token : settings.specialTokens()) {
            specialTokens.add(token.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void cut(byte[] text, int start, int end, PieceCounter.Pieces pieces) {
        int lineEnd = end > start && text[end - 1] == '\n' ? end - 1 : end;
        AlignedText changed =
                settings.normalizer().apply(AlignedText.of(text, start, lineEnd, false));
        byte[] out = new byte[changed.length() + 4 + PieceCounts.PADDING];
        int length = withoutSpecialTokens(changed.bytes(), changed.length(), out);
        out[length] = END;
        out[length + 1] = BLANK[0];
        int wordStart = 0;
        for (int at = 1; at <= length; at++) {
            if (at == length || isBlank(out, at)) {
                pieces.add(out, wordStart, at == length ? at + 2 : at + 3);
                wordStart = at;
            }
        }
    }

    private int withoutSpecialTokens(byte[] text, int textLength, byte[] out) {
        int length = 0;
        for (int at = 0; at < textLength; ) {
            int special = specialAt(text, at, textLength);
            if (special > 0 || text[at] == END) {
                out[length++] = BOUNDARY;
                at += Math.max(1, special);
            } else {
                int next = at + Utf8.size(text[at]);
                while (at < next) {
                    out[length++] = text[at++];
                }
            }
        }
        return length;
    }

    /// Length of the longest special token that begins here; 0 if none does.
    private int specialAt(byte[] text, int at, int end) {
        int longest = 0;
        for (byte[] token : specialTokens) {
            if (token[0] == text[at]
                    && at + token.length <= end
                    && token.length > longest
                    && Arrays.equals(text, at, at + token.length, token, 0, token.length)) {
                longest = token.length;
            }
        }
        return longest;
    }

    private static boolean isBlank(byte[] text, int at) {
        return text[at] == BLANK[0] && text[at + 1] == BLANK[1] && text[at + 2] == BLANK[2];
    }
}
