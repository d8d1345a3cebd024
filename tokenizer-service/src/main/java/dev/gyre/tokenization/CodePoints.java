package dev.gyre.tokenization;

/// Places in a text by code points → by UTF-16 code units, fast for any order of places.
final class CodePoints {
    /// Every so many code points a place is remembered.
    private static final int STEP = 256;

    private final String text;
    private final int count;
    private final int[] known;

    CodePoints(String text) {
        this.text = text;
        count = text.codePointCount(0, text.length());
        known = new int[count / STEP + 1];
        for (int i = 1; i < known.length; i++) {
            known[i] = text.offsetByCodePoints(known[i - 1], STEP);
        }
    }

    /// Code points of the text.
    int count() {
        return count;
    }

    /// The code unit at which a code point begins.
    ///
    /// @param point 0 to [#count], which is the end of the text
    int utf16(int point) {
        return text.offsetByCodePoints(known[point / STEP], point % STEP);
    }
}
