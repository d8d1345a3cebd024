package dev.gyre.tokenizer.split;

/// What kinds of characters are in 64 bytes of text: bit i of a mask is for byte i. All bytes of a
/// character have its bit.
///
/// Known are ASCII, Latin letters with accents (U+00C0 to U+00FF), Cyrillic (U+0400 to U+045F),
/// kana, Chinese characters (U+4E00 to U+9FFF), Hangul syllables, and the punctuation that goes
/// with all these: quotation marks and dashes (U+2010 to U+2027), CJK's own and the full-width
/// forms of ASCII's.
final class CharacterMasks {
    static final int SIZE = BitPlanes.BYTES;

    private final BitPlanes planes = new BitPlanes();

    long letters;

    /// Letters that are upper case.
    long capitals;

    /// Letters that are neither upper nor lower case.
    long caseless;

    long numbers;
    long blanks;
    long tabs;
    long newlines;
    long apostrophes;
    long slashes;

    /// What is neither letter nor number nor whitespace.
    long symbols;

    /// First bytes of the symbols that have three.
    long wideSymbols;

    /// What is none of the above, as far as is seen here.
    long unknown;

    /// Takes in the text from a place on.
    ///
    /// @param text valid UTF-8, readable for [#SIZE] bytes from `position`, where a character
    ///   begins
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
        caseless = 0;

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

        symbols = ~bit7 & ~(letters | numbers | blanks | control);
        wideSymbols = 0;
        unknown = control & ~tabs & ~newlines;
        if (bit7 != 0) {
            readWide(bit0, bit1, bit2, bit3, bit4, bit5, bit6, bit7);
        }
    }

    private void readWide(
            long bit0,
            long bit1,
            long bit2,
            long bit3,
            long bit4,
            long bit5,
            long bit6,
            long bit7) {
        // First bytes, of characters of two bytes and of three.
        long three = bit7 & bit6 & bit5 & ~bit4;
        long low = ~bit3 & ~bit2;
        long c3 = bit7 & bit6 & ~bit5 & ~bit4 & low & bit1 & bit0;
        long d0Or1 = bit7 & bit6 & ~bit5 & bit4 & low & ~bit1;
        long e2 = three & low & bit1 & ~bit0;
        long e3 = three & low & bit1 & bit0;
        long e4 = three & ~bit3 & bit2 & ~bit1 & ~bit0;
        long e5To9 = three & (~bit3 & bit2 & (bit1 | bit0) | bit3 & ~bit2 & ~bit1);
        long ea = three & bit3 & ~bit2 & bit1 & ~bit0;
        long ebEc = three & bit3 & (~bit2 & bit1 & bit0 | bit2 & ~bit1 & ~bit0);
        long ed = three & bit3 & bit2 & ~bit1 & bit0;
        long ef = three & bit3 & bit2 & bit1 & bit0;

        // The bytes behind these, 80 to BF.
        long other = bit7 & ~bit6;
        long zero = ~(bit0 | bit1 | bit2 | bit3 | bit4);
        long x80 = other & ~bit5 & zero;
        long x81To83 = other & ~bit5 & ~bit4 & low & (bit1 | bit0);
        long x9eUp = bit4 & bit3 & bit2 & bit1;
        long xB0Up = other & bit5 & bit4;
        long xB8Up = xB0Up & bit3;
        long xBc = xB8Up & bit2 & ~bit1 & ~bit0;
        long xBb = xB8Up & ~bit2 & bit1 & bit0;

        // × (97) and ÷ (B7) stand among the letters; from ß (9F) on they are lower case
        long timesOrDivided = bit4 & ~bit3 & bit2 & bit1 & bit0;
        long accented = c3 & (other & ~timesOrDivided) >>> 1;
        long upperAccented = accented & (~bit5 & ~(x9eUp & bit0)) >>> 1;

        // D0 80 to D0 BF, of which those under B0 are upper case, and D1 80 to D1 9F
        long cyrillic = d0Or1 & (~bit0 & other >>> 1 | bit0 & (other & ~bit5) >>> 1);
        long upperCyrillic = cyrillic & ~bit0 & ~xB0Up >>> 1;

        // U+3041 to U+307F, U+3080 to U+3096 and U+30A1 to U+30BF, U+30C0 to U+30FA and U+30FC to
        // U+30FF
        long second81 = x81To83 & ~bit1;
        long second82 = x81To83 & ~bit0;
        long second83 = x81To83 & bit1 & bit0;
        long hiragana = other & ~x80;
        long under97 = ~bit5 & (~bit4 | ~bit3 & ~(bit2 & bit1 & bit0));
        long mixed = other & (under97 | bit5 & ~zero);
        long kana =
                e3
                        & (second81 >>> 1 & hiragana >>> 2
                                | second82 >>> 1 & mixed >>> 2
                                | second83 >>> 1 & (other & ~xBb) >>> 2);

        // U+4E00 to U+9FFF; U+AC00 to U+D77F
        long chinese = e5To9 | e4 & xB8Up >>> 1;
        long hangul = ebEc | ea & xB0Up >>> 1 | ed & (other & ~bit5 & ~x9eUp) >>> 1;
        // what does not end here is not told of
        long whole = kana | (chinese | hangul) & other >>> 1 & other >>> 2;

        // U+2010 to U+2027; U+3001 to U+3004 and U+3008 to U+301F; U+30FB; U+FF01 to U+FF0F and
        // U+FF1A to U+FF1F
        long general = other & (~bit5 & bit4 | bit5 & ~bit4 & ~bit3);
        long under5 = ~bit4 & ~bit3 & (bit2 ^ (bit1 | bit0));
        long cjk = other & ~bit5 & (under5 | bit4 | bit3);
        long fullWidth = other & ~bit5 & (~bit4 & ~zero | bit4 & bit3 & (bit2 | bit1));
        wideSymbols =
                e2 & x80 >>> 1 & general >>> 2
                        | e3 & x80 >>> 1 & cjk >>> 2
                        | e3 & second83 >>> 1 & xBb >>> 2
                        | ef & xBc >>> 1 & fullWidth >>> 2;

        caseless = ofThree(whole);
        letters |= caseless | ofTwo(accented | cyrillic);
        capitals |= ofTwo(upperAccented | upperCyrillic);
        symbols |= ofThree(wideSymbols);
        unknown |= bit7 & ~(letters | symbols);
    }

    private static long ofTwo(long firstBytes) {
        return firstBytes | firstBytes << 1;
    }

    private static long ofThree(long firstBytes) {
        return firstBytes | firstBytes << 1 | firstBytes << 2;
    }
}
