package dev.gyre.tokenizer.split;

/// Finds where pieces begin in 64 bytes of text at once: bit i of a mask is for byte i, so that
/// what a pattern asks of characters and their neighbours is asked of all of them together, and no
/// branch has to be foretold (bit-parallel matching as in Parabix; Cameron et al. 2014).
///
/// The window begins where a piece begins; patterns do not look behind that. It knows ASCII, and
/// the quotation marks and dashes from U+2010 to U+2027. It stops at anything else, and at what
/// depends on more than neighbours: where a piece reaches that far, [PieceScanner#pieceEnd] has to
/// tell.
final class TextWindow {
    static final int SIZE = BitPlanes.BYTES;

    private static final long LAST = 1L << SIZE - 1;

    private final BitPlanes planes = new BitPlanes();

    private long letters;
    private long capitals;
    private long numbers;
    private long blanks;
    private long tabs;
    private long newlines;
    private long apostrophes;
    private long slashes;

    /// What is neither letter nor number nor whitespace, and of such characters of three bytes the
    /// first bytes.
    private long symbols;

    private long wideSymbols;

    /// Where the window stops: at the lowest of these. Of the last byte it never tells, since it
    /// does not know what follows.
    private long stops;

    /// Takes in the text from a place on.
    ///
    /// @param text readable for [#SIZE] bytes from `position`
    void read(byte[] text, int position) {
        planes.read(text, position);
        long bit0 = planes.bit0;
        long bit1 = planes.bit1;
        long bit2 = planes.bit2;
        long bit3 = planes.bit3;
        long bit4 = planes.bit4;
        long bit5 = planes.bit5;
        long bit6 = planes.bit6;
        long bit7 = planes.bit7;

        // letters are 0x41 to 0x5A and 0x61 to 0x7A: 1 to 26 in their lowest five bits
        long zero = ~(bit0 | bit1 | bit2 | bit3 | bit4);
        long over26 = bit4 & bit3 & (bit2 | bit1 & bit0);
        letters = ~bit7 & bit6 & ~zero & ~over26;
        capitals = letters & ~bit5;

        long under64 = ~bit7 & ~bit6;
        long punctuation = under64 & bit5 & ~bit4;
        numbers = under64 & bit5 & bit4 & ~(bit3 & (bit2 | bit1));
        blanks = punctuation & zero;
        apostrophes = punctuation & ~bit3 & bit2 & bit1 & bit0;
        slashes = punctuation & bit3 & bit2 & bit1 & bit0;

        long control = under64 & ~bit5;
        long from8 = control & ~bit4 & bit3;
        tabs = from8 & ~bit2 & ~bit1 & bit0;
        newlines = from8 & (~bit2 & bit1 & ~bit0 | bit2 & ~bit1 & bit0);

        // E2 80 90 to E2 80 A7
        long begins = bit7 & bit6 & bit5 & ~bit4 & ~bit3 & ~bit2 & bit1 & ~bit0;
        long second = bit7 & ~bit6 & ~bit5 & zero;
        long third = bit7 & ~bit6 & (~bit5 & bit4 | bit5 & ~bit4 & ~bit3);
        wideSymbols = begins & second >>> 1 & third >>> 2;
        long wide = wideSymbols | wideSymbols << 1 | wideSymbols << 2;
        symbols = ~bit7 & ~(letters | numbers | blanks | control) | wide;

        stops = bit7 & ~wide | control & ~tabs & ~newlines | LAST;
        // a contraction, if letters follow (U+017F may)
        stops |= apostrophes & ~behind(symbols | blanks) & before(letters | stops);
    }

    /// The first place that the window tells nothing of, from 0 to 63.
    int stop() {
        return Long.numberOfTrailingZeros(stops);
    }

    /// Where the pieces of GPT-2's pattern begin, so far as that is known, but for the first.
    ///
    /// @param numbersAlone whether numbers are cut out before, see [Gpt2Scanner]
    long startsOfGpt2(boolean numbersAlone) {
        long white = blanks | tabs | newlines;
        long starts =
                (firsts(letters) | firsts(symbols)) & ~behind(blanks)
                        | firsts(white)
                        | (numbersAlone
                                ? numbers | white & before(letters | symbols)
                                : firsts(numbers) & ~behind(blanks) | white & before(~white));
        return known(starts, white);
    }

    /// Where the pieces of cl100k's pattern begin, so far as that is known, but for the first.
    ///
    /// @param mostDigits numbers in one piece
    long startsOfCl100k(int mostDigits) {
        long gaps = blanks | tabs;
        long white = gaps | newlines;
        long afterSymbols = newlinesAfterSymbols();
        // Where newlines follow the gaps behind newlines, they are one piece.
        long indents = gaps & behind(newlines);
        if ((gaps + indents & newlines & ~gaps) != 0) {
            stops |= indents;
        }
        long aloneSymbols = firsts(symbols) & ~behind(blanks);
        long beforeWord = gaps | aloneSymbols | (aloneSymbols & wideSymbols) << 2;
        long starts =
                firsts(letters) & ~behind(beforeWord)
                        | aloneSymbols
                        | numbers(mostDigits)
                        | firsts(white & ~afterSymbols)
                        | indents
                        | gaps & before(~white);
        return known(starts, white);
    }

    /// Where the pieces of o200k's pattern begin, so far as that is known, but for the first.
    long startsOfO200k() {
        // `[\r\n/]*` behind symbols
        stops |= slashes & behind(newlinesAfterSymbols());
        long changes = capitals & behind(letters & ~capitals);
        long starts = startsOfCl100k(O200kScanner.MOST_DIGITS);
        return starts | known(changes, blanks | tabs | newlines);
    }

    /// `[^\s\p{L}\p{N}]+[\r\n]*` takes these along.
    private long newlinesAfterSymbols() {
        return run(newlines & behind(symbols), newlines);
    }

    private long numbers(int most) {
        long later = numbers;
        for (int i = 1; i <= most; i++) {
            later &= numbers << i;
        }
        long starts = firsts(numbers);
        for (long next = starts << most & later; next != 0; next = next << most & later) {
            starts |= next;
        }
        return starts;
    }

    /// How a run of whitespace falls apart depends on what ends it, so nothing is known of one that
    /// reaches the stop.
    private long known(long starts, long white) {
        long beforeStop = Long.lowestOneBit(stops) - 1;
        long last = Long.highestOneBit(~white & beforeStop);
        return last == 0 ? 0 : starts & (last | last - 1) & ~1L;
    }

    private static long behind(long mask) {
        return mask << 1;
    }

    private static long before(long mask) {
        return mask >>> 1;
    }

    private static long firsts(long mask) {
        return mask & ~(mask << 1);
    }

    /// From each of some places on, what of a mask follows without a gap: adding carries through
    /// it.
    ///
    /// @param starts where runs of the mask begin
    private static long run(long starts, long mask) {
        return mask & ~(mask + starts);
    }
}
