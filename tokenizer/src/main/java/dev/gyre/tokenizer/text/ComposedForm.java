package dev.gyre.tokenizer.text;

import java.text.Normalizer;
import java.util.Arrays;

/// Unicode's composed form (NFC) as Hugging Face tokenizers computes it: by the rules of Unicode 9.
///
/// Java knows later characters that compose or change places. They are left as they stand, and
/// nothing moves across them: to Unicode 9 they are characters without properties.
public final class ComposedForm {
    /// First and last code points of what Unicode 10 to 16 added with a combining class or a
    /// canonical decomposition, and of the parts of these decompositions.
    private static final int[] LATER = {
        0x7FD, 0x7FD, 0x897, 0x89F, 0x8CA, 0x8D3, 0x9FE, 0x9FE, 0xC3C, 0xC3C, 0xD3B, 0xD3C, 0xEBA,
        0xEBA, 0x1715, 0x1715, 0x1ABF, 0x1ACE, 0x1DF6, 0x1DFA, 0xA82C, 0xA82C, 0x105C9, 0x105C9,
        0x105D2, 0x105D2, 0x105DA, 0x105DA, 0x105E4, 0x105E4, 0x10D24, 0x10D27, 0x10D69, 0x10D6D,
        0x10EAB, 0x10EAC, 0x10EFD, 0x10EFF, 0x10F46, 0x10F50, 0x10F82, 0x10F85, 0x11070, 0x11070,
        0x1133B, 0x1133B, 0x11382, 0x11385, 0x1138B, 0x1138B, 0x1138E, 0x1138E, 0x11390, 0x11391,
        0x113B8, 0x113B8, 0x113BB, 0x113BB, 0x113C2, 0x113C2, 0x113C5, 0x113C5, 0x113C7, 0x113C9,
        0x113CE, 0x113D0, 0x1145E, 0x1145E, 0x11839, 0x1183A, 0x11930, 0x11930, 0x11935, 0x11935,
        0x11938, 0x11938, 0x1193D, 0x1193E, 0x11943, 0x11943, 0x119E0, 0x119E0, 0x11A34, 0x11A34,
        0x11A47, 0x11A47, 0x11A99, 0x11A99, 0x11D42, 0x11D42, 0x11D44, 0x11D45, 0x11D97, 0x11D97,
        0x11F41, 0x11F42, 0x1611E, 0x16129, 0x1612F, 0x1612F, 0x16D63, 0x16D63, 0x16D67, 0x16D6A,
        0x16FF0, 0x16FF1, 0x1E08F, 0x1E08F, 0x1E130, 0x1E136, 0x1E2AE, 0x1E2AE, 0x1E2EC, 0x1E2EF,
        0x1E4EC, 0x1E4EF, 0x1E5EE, 0x1E5EF
    };

    private ComposedForm() {}

    public static String of(String text) {
        StringBuilder composed = new StringBuilder(text.length());
        int start = 0;
        int position = 0;
        while (position < text.length()) {
            int codePoint = text.codePointAt(position);
            int next = position + Character.charCount(codePoint);
            if (isLater(codePoint)) {
                append(text, start, position, composed);
                composed.appendCodePoint(codePoint);
                start = next;
            }
            position = next;
        }
        append(text, start, text.length(), composed);
        return composed.toString();
    }

    private static void append(String text, int start, int end, StringBuilder composed) {
        composed.append(Normalizer.normalize(text.substring(start, end), Normalizer.Form.NFC));
    }

    private static boolean isLater(int codePoint) {
        if (codePoint < LATER[0]) {
            return false;
        }
        int found = Arrays.binarySearch(LATER, codePoint);
        // Between a first (even) and a last (odd) code point lies a range.
        return found >= 0 || (-found - 1) % 2 == 1;
    }
}
