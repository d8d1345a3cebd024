package dev.gyre.tokenizer.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Tells valid UTF-8 from other bytes (Unicode 16, table 3-7).
public final class Utf8Check {
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Utf8Check() {}

    /// Number of bytes up to the first that begins no whole, valid character.
    public static int validLength(byte[] text, int length) {
        int at = 0;
        while (at < length) {
            if (text[at] >= 0) {
                at = Utf8.asciiEnd(text, at + 1, length);
                continue;
            }
            at = commonThreesEnd(text, at, length);
            int size = size(text, at, length);
            if (size == 0 || at + size > length) {
                return at;
            }
            at += size;
        }
        return at;
    }

    /// The end of a run of characters of three bytes, without those of which some are not valid.
    private static int commonThreesEnd(byte[] text, int start, int length) {
        int at = start;
        while (at + 4 <= length) {
            int bytes = (int) INTS.get(text, at);
            int first = bytes & 0xFF;
            if (!Utf8.isThree(bytes) || first == 0xE0 || first == 0xED) {
                break;
            }
            at += 3;
        }
        return at;
    }

    /// Whether the bytes are the beginning of a valid character.
    public static boolean mayGoOn(byte[] text, int start, int length) {
        int size = size(text, start, length);
        return size > length - start;
    }

    /// Bytes of the character, 0 if what there is of it is not valid.
    private static int size(byte[] text, int at, int length) {
        int first = text[at] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        int size = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        for (int i = 1; i < size && at + i < length; i++) {
            int next = text[at + i] & 0xFF;
            int least = i > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
            int most = i > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
            if (next < least || next > most) {
                return 0;
            }
        }
        return size;
    }

    /// Bytes of the character at a place of text that need not be UTF-8; 0 if there is none.
    static int validSize(byte[] text, int at, int length) {
        int size = size(text, at, length);
        return at + size <= length ? size : 0;
    }
}
