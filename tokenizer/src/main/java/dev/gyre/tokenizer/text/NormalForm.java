package dev.gyre.tokenizer.text;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.BitSet;

/// Unicode's normal forms as Hugging Face tokenizers computes them: by the rules of Unicode 9.
///
/// Java knows later characters that decompose, compose or change places. They are left as they
/// stand, and nothing moves across them: to Unicode 9 they are characters without properties.
public enum NormalForm {
    /// Composed.
    NFC(Normalizer.Form.NFC, Normalizer.Form.NFD),
    /// Decomposed.
    NFD(Normalizer.Form.NFD, Normalizer.Form.NFD),
    /// Composed, compatibility characters replaced.
    NFKC(Normalizer.Form.NFKC, Normalizer.Form.NFKD),
    /// Decomposed, compatibility characters replaced.
    NFKD(Normalizer.Form.NFKD, Normalizer.Form.NFKD);

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

    /// The same for compatibility decompositions.
    private static final int[] LATER_COMPATIBILITY = {
        0x32FF, 0x32FF, 0xA7F2, 0xA7F4, 0xAB69, 0xAB69, 0x10781, 0x107BA, 0x1CCD6, 0x1CCF9, 0x1E030,
        0x1E06D, 0x1F16C, 0x1F16C, 0x1FBF0, 0x1FBF9
    };

    private final Normalizer.Form form;
    private final Normalizer.Form decomposed;

    NormalForm(Normalizer.Form form, Normalizer.Form decomposed) {
        this.form = form;
        this.decomposed = decomposed;
    }

    /// The text in this form.
    public String of(String text) {
        StringBuilder normal = new StringBuilder(text.length());
        int start = 0;
        int position = 0;
        while (position < text.length()) {
            int codePoint = text.codePointAt(position);
            int next = position + Character.charCount(codePoint);
            if (isLater(codePoint)) {
                normal.append(Normalizer.normalize(text.substring(start, position), form));
                normal.appendCodePoint(codePoint);
                start = next;
            }
            position = next;
        }
        return normal.append(Normalizer.normalize(text.substring(start), form)).toString();
    }

    /// The text in this form, with its origins; the text itself if it is in this form.
    public AlignedText of(AlignedText text) {
        if (Utf8.isAscii(text.bytes(), 0, text.length())) {
            return text;
        }
        String source = text.toString();
        String normal = of(source);
        return normal.equals(source) ? text : align(text, source, normal);
    }

    /// Goes through the text as it would be decomposed, in step with the result. A character of the
    /// result that is made of parts takes the place of as many characters of the source as begin
    /// among its parts; one that is made of later parts only is put in.
    private AlignedText align(AlignedText text, String source, String normal) {
        byte[] bytes = text.bytes();
        // for each character of the decomposed text: whether it begins a character of the source
        BitSet begins = new BitSet();
        int count = 0;
        for (int at = 0; at < text.length(); at += Utf8.size(bytes[at])) {
            begins.set(count);
            count += decomposedLength(Utf8.codePointAt(bytes, at), decomposed);
        }
        AlignedText.Builder out = text.change();
        int part = 0;
        int at = 0;
        for (int i = 0; i < normal.length(); ) {
            int codePoint = normal.codePointAt(i);
            int parts = decomposedLength(codePoint, Normalizer.Form.NFD);
            int change = 1 - begins.get(part, part + parts).cardinality();
            if (change > 0 || at >= text.length()) {
                out.insert(codePoint, at);
            } else {
                out.replace(codePoint, at);
                for (int taken = 0; taken <= -change && at < text.length(); taken++) {
                    at += Utf8.size(bytes[at]);
                }
            }
            part += parts;
            i += Character.charCount(codePoint);
        }
        return out.done();
    }

    private int decomposedLength(int codePoint, Normalizer.Form by) {
        if (codePoint < 0xA0 || isLater(codePoint)) {
            return 1;
        }
        String parts = Normalizer.normalize(Character.toString(codePoint), by);
        return parts.codePointCount(0, parts.length());
    }

    private boolean isLater(int codePoint) {
        return codePoint >= LATER[0]
                && (isIn(LATER, codePoint)
                        || decomposed == Normalizer.Form.NFKD
                                && isIn(LATER_COMPATIBILITY, codePoint));
    }

    private static boolean isIn(int[] ranges, int codePoint) {
        int found = Arrays.binarySearch(ranges, codePoint);
        // Between a first (even) and a last (odd) code point lies a range.
        return found >= 0 || (-found - 1) % 2 == 1;
    }
}
