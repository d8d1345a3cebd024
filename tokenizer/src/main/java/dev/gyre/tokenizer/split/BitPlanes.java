package dev.gyre.tokenizer.split;

/// Sixty-four bytes turned into eight masks: bit i of [#bit0] is the lowest bit of byte i, and so
/// on. What holds for a byte is then a few logical operations for all of them.
final class BitPlanes {
    static final int BYTES = 64;

    long bit0;
    long bit1;
    long bit2;
    long bit3;
    long bit4;
    long bit5;
    long bit6;
    long bit7;

    /// Takes 64 bytes in: eight words of eight bytes, first transposed as a matrix of bytes, then
    /// byte for byte as one of bits (Warren, Hacker's Delight, 7-3). Written out, so that all of it
    /// stays in registers.
    ///
    /// @param text readable for [#BYTES] from `position`
    void read(byte[] text, int position) {
        long a0 = Swar.load(text, position);
        long a1 = Swar.load(text, position + 8);
        long a2 = Swar.load(text, position + 16);
        long a3 = Swar.load(text, position + 24);
        long a4 = Swar.load(text, position + 32);
        long a5 = Swar.load(text, position + 40);
        long a6 = Swar.load(text, position + 48);
        long a7 = Swar.load(text, position + 56);
        long mask = 0x00000000FFFFFFFFL;
        long b0 = low(a0, a4, 32, mask);
        long b4 = high(a0, a4, 32, mask);
        long b1 = low(a1, a5, 32, mask);
        long b5 = high(a1, a5, 32, mask);
        long b2 = low(a2, a6, 32, mask);
        long b6 = high(a2, a6, 32, mask);
        long b3 = low(a3, a7, 32, mask);
        long b7 = high(a3, a7, 32, mask);
        mask = 0x0000FFFF0000FFFFL;
        long c0 = low(b0, b2, 16, mask);
        long c2 = high(b0, b2, 16, mask);
        long c1 = low(b1, b3, 16, mask);
        long c3 = high(b1, b3, 16, mask);
        long c4 = low(b4, b6, 16, mask);
        long c6 = high(b4, b6, 16, mask);
        long c5 = low(b5, b7, 16, mask);
        long c7 = high(b5, b7, 16, mask);
        mask = 0x00FF00FF00FF00FFL;
        long d0 = low(c0, c1, 8, mask);
        long d1 = high(c0, c1, 8, mask);
        long d2 = low(c2, c3, 8, mask);
        long d3 = high(c2, c3, 8, mask);
        long d4 = low(c4, c5, 8, mask);
        long d5 = high(c4, c5, 8, mask);
        long d6 = low(c6, c7, 8, mask);
        long d7 = high(c6, c7, 8, mask);
        mask = 0x0F0F0F0F0F0F0F0FL;
        long e0 = low(d0, d4, 4, mask);
        long e4 = high(d0, d4, 4, mask);
        long e1 = low(d1, d5, 4, mask);
        long e5 = high(d1, d5, 4, mask);
        long e2 = low(d2, d6, 4, mask);
        long e6 = high(d2, d6, 4, mask);
        long e3 = low(d3, d7, 4, mask);
        long e7 = high(d3, d7, 4, mask);
        mask = 0x3333333333333333L;
        long f0 = low(e0, e2, 2, mask);
        long f2 = high(e0, e2, 2, mask);
        long f1 = low(e1, e3, 2, mask);
        long f3 = high(e1, e3, 2, mask);
        long f4 = low(e4, e6, 2, mask);
        long f6 = high(e4, e6, 2, mask);
        long f5 = low(e5, e7, 2, mask);
        long f7 = high(e5, e7, 2, mask);
        mask = 0x5555555555555555L;
        bit0 = low(f0, f1, 1, mask);
        bit1 = high(f0, f1, 1, mask);
        bit2 = low(f2, f3, 1, mask);
        bit3 = high(f2, f3, 1, mask);
        bit4 = low(f4, f5, 1, mask);
        bit5 = high(f4, f5, 1, mask);
        bit6 = low(f6, f7, 1, mask);
        bit7 = high(f6, f7, 1, mask);
    }

    /// Of two words, the masked bits of both: the second's in the place of the first's others.
    private static long low(long first, long second, int shift, long mask) {
        return first ^ crossing(first, second, shift, mask) << shift;
    }

    /// The other bits of both.
    private static long high(long first, long second, int shift, long mask) {
        return second ^ crossing(first, second, shift, mask);
    }

    private static long crossing(long first, long second, int shift, long mask) {
        return (first >>> shift ^ second) & mask;
    }
}
