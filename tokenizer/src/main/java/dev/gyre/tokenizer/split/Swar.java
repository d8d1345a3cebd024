package dev.gyre.tokenizer.split;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Eight bytes of text in one long, the first in its lowest byte (SIMD within a register).
///
/// Each test gives a long with the high bit set in every byte for which it holds.
final class Swar {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long LOW = 0x7F * ONES;

    private Swar() {}

    /// @param text readable for eight bytes from `position`
    static long load(byte[] text, int position) {
        return (long) LONGS.get(text, position);
    }

    /// Bytes that are no ASCII letter.
    static long notLetters(long bytes) {
        return ~between((bytes | 0x20 * ONES) & LOW, 'a', 'z') & HIGH | bytes & HIGH;
    }

    /// Bytes that are no ASCII lower-case letter.
    static long notLower(long bytes) {
        return ~between(bytes & LOW, 'a', 'z') & HIGH | bytes & HIGH;
    }

    /// Bytes that are not this one.
    static long not(long bytes, char value) {
        long different = bytes ^ value * ONES;
        return ((different & LOW) + LOW | different) & HIGH;
    }

    /// Index of the first byte for which a test holds; 8 if there is none.
    static int first(long test) {
        return Long.numberOfTrailingZeros(test) >>> 3;
    }

    private static long between(long ascii, char lowest, char highest) {
        return ascii + (0x80 - lowest) * ONES & ~(ascii + (0x7F - highest) * ONES);
    }
}
