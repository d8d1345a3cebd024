package dev.gyre.tokenizer.split;

/// Finds where pieces begin in 64 bytes of text at once: what a pattern asks of characters and
/// their neighbours is asked of all of them together, with a bit for each, and no branch has to be
/// foretold (bit-parallel matching as in Parabix; Cameron et al. 2014).
///
/// The window begins where a piece begins; patterns do not look behind that. It stops at a
/// character that it does not know, and at what depends on more than neighbours: where a piece
/// reaches that far, [PieceScanner#pieceEnd] has to tell.
final class TextWindow {
    static final int SIZE = CharacterMasks.SIZE;

    private static final long LAST = 1L << SIZE - 1;

    private final CharacterMasks is = new CharacterMasks();

    /// Where the window stops: at the lowest of these. Of the last byte it never tells, since it
    /// does not know what follows.
    private long stops;

    /// Takes in the text from a place on.
    ///
    /// @param text readable for [#SIZE] bytes from `position`
    void read(byte[] text, int position) {
        is.read(text, position);
        stops = is.unknown | LAST;
        // a contraction, if letters follow (U+017F may)
        stops |= is.apostrophes & ~behind(is.symbols | is.blanks) & before(is.letters | stops);
    }

    /// The first place that the window tells nothing of, from 0 to 63.
    int stop() {
        return Long.numberOfTrailingZeros(stops);
    }

    /// Where the pieces of GPT-2's pattern begin, so far as that is known, but for the first.
    ///
    /// @param numbersAlone whether numbers are cut out before, see [Gpt2Scanner]
    long startsOfGpt2(boolean numbersAlone) {
        long white = is.blanks | is.tabs | is.newlines;
        long starts =
                (firsts(is.letters) | firsts(is.symbols)) & ~behind(is.blanks)
                        | firsts(white)
                        | (numbersAlone
                                ? is.numbers | white & before(is.letters | is.symbols)
                                : firsts(is.numbers) & ~behind(is.blanks) | white & before(~white));
        return known(starts, white);
    }

    /// Where the pieces of cl100k's pattern begin, so far as that is known, but for the first.
    ///
    /// @param mostDigits numbers in one piece
    long startsOfCl100k(int mostDigits) {
        long gaps = is.blanks | is.tabs;
        long white = gaps | is.newlines;
        long afterSymbols = newlinesAfterSymbols();
        // Where newlines follow the gaps behind newlines, they are one piece.
        long indents = gaps & behind(is.newlines);
        if ((gaps + indents & is.newlines & ~gaps) != 0) {
            stops |= indents;
        }
        long aloneSymbols = firsts(is.symbols) & ~behind(is.blanks);
        long beforeWord = gaps | aloneSymbols | (aloneSymbols & is.wideSymbols) << 2;
        long starts =
                firsts(is.letters) & ~behind(beforeWord)
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
        stops |= is.slashes & behind(newlinesAfterSymbols());
        // `U*` takes what is neither case along, if lower case follows
        stops |= is.capitals & behind(is.caseless);
        long changes = is.capitals & behind(is.letters & ~is.capitals);
        long starts = startsOfCl100k(O200kScanner.MOST_DIGITS);
        return starts | known(changes, is.blanks | is.tabs | is.newlines);
    }

    /// `[^\s\p{L}\p{N}]+[\r\n]*` takes these along.
    private long newlinesAfterSymbols() {
        return run(is.newlines & behind(is.symbols), is.newlines);
    }

    private long numbers(int most) {
        long later = is.numbers;
        for (int i = 1; i <= most; i++) {
            later &= is.numbers << i;
        }
        long starts = firsts(is.numbers);
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
