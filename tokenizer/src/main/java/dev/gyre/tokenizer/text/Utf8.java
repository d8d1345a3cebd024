package dev.gyre.tokenizer.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Characters in valid UTF-8.
public final class Utf8 {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /// Bytes of the character that begins with this byte: 1 to 4.
    public static int size(byte first) {
        if (first >= 0) {
            return 1;
        }
        int value = first & 0xFF;
        return value < 0xE0 ? 2 : value < 0xF0 ? 3 : 4;
    }

    /// The character that begins at `position`.
    public static int codePointAt(byte[] text, int position) {
        int first = text[position];
        if (first >= 0) {
            return first;
        }
        int second = text[position + 1] & 0x3F;
        if ((first & 0xFF) < 0xE0) {
            return (first & 0x1F) << 6 | second;
        }
        int third = text[position + 2] & 0x3F;
        if ((first & 0xFF) < 0xF0) {
            return (first & 0x0F) << 12 | second << 6 | third;
        }
        return (first & 0x07) << 18 | second << 12 | third << 6 | text[position + 3] & 0x3F;
    }

    /// Whether three bytes have the form of a character of three: also one that is not valid, which
    /// could be shorter or is a surrogate.
    ///
    /// @param bytes the first in the lowest, the third in the third; the highest does not count
    public static boolean isThree(int bytes) {
        return (bytes & 0xC0C0F0) == 0x8080E0;
    }

    /// The character of three bytes.
    ///
    /// @param bytes of which [#isThree] is true
    public static int three(int bytes) {
        return (bytes & 0x0F) << 12 | (bytes >> 8 & 0x3F) << 6 | bytes >> 16 & 0x3F;
    }

    /// First byte of the character that ends before `position`, which is at least 1.
    public static int before(byte[] text, int position) {
        int start = position - 1;
        while ((text[start] & 0xC0) == 0x80) {
            start--;
        }
        return start;
    }

    /// The text of bytes that need not be UTF-8. Each byte that is part of no character becomes one
    /// U+FFFD.
    public static String decodeEachInvalidByte(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < length; ) {
            int size = Utf8Check.validSize(bytes, at, length);
            if (size == 0) {
                text.append('\uFFFD');
                at++;
            } else {
                text.appendCodePoint(codePointAt(bytes, at));
                at += size;
            }
        }
        return text.toString();
    }

    /// Number of characters between two places.
    public static int count(byte[] text, int start, int end) {
        int count = 0;
        for (int i = start; i < end; i++) {
            count += (text[i] & 0xC0) != 0x80 ? 1 : 0;
        }
        return count;
    }

    /// Whether all bytes between two places are ASCII.
    public static boolean isAscii(byte[] text, int start, int end) {
        return asciiEnd(text, start, end) == end;
    }

    /// Where a run of ASCII ends that begins at a place; `end` if it goes so far.
    static int asciiEnd(byte[] text, int start, int end) {
        int at = start;
        while (at + 4 * Long.BYTES <= end) {
            long any = eight(text, at) | eight(text, at + 8);
            any |= eight(text, at + 16) | eight(text, at + 24);
            if ((any & HIGH_BITS) != 0) {
                break;
            }
            at += 4 * Long.BYTES;
        }
        while (at + Long.BYTES <= end && (eight(text, at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < end && text[at] >= 0) {
            at++;
        }
        return at;
    }

    private static long eight(byte[] text, int position) {
        return (long) LONGS.get(text, position);
    }

    /// Writes a character.
    ///
    /// @return bytes written, 1 to 4
    public static int put(int codePoint, byte[] out, int at) {
        if (codePoint < 0x80) {
            out[at] = (byte) codePoint;
            return 1;
        }
        if (codePoint < 0x800) {
            out[at] = (byte) (0xC0 | codePoint >> 6);
            out[at + 1] = (byte) (0x80 | codePoint & 0x3F);
            return 2;
        }
        if (codePoint < 0x10000) {
            out[at] = (byte) (0xE0 | codePoint >> 12);
            out[at + 1] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            out[at + 2] = (byte) (0x80 | codePoint & 0x3F);
            return 3;
        }
        out[at] = (byte) (0xF0 | codePoint >> 18);
        out[at + 1] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        out[at + 2] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[at + 3] = (byte) (0x80 | codePoint & 0x3F);
        return 4;
    }
}
