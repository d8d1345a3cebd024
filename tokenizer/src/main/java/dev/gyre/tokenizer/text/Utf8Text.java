package dev.gyre.tokenizer.text;

import java.util.Arrays;

/// A text as valid UTF-8 with room behind it, so that eight bytes can be read from any place.
///
/// @param bytes the text, then at least [#PADDING] zero bytes
/// @param length number of bytes of the text
public record Utf8Text(byte[] bytes, int length) {
    public static final int PADDING = 16;

    /// Longest text in bytes: its ids (four bytes each) still fit into one array with room to grow.
    public static final int MAX_BYTES = 256 << 20;

    /// Characters that are written at a time.
    private static final int BLOCK = 4096;

    /// Characters that are looked at as one, since most are ASCII.
    private static final int RUN = 32;

    private static final int REPLACEMENT = 0xFFFD;

    /// A text that is given as a String. Lone surrogates become U+FFFD, as tiktoken reads them;
    /// Java's own encoder would write `?`, and read a String that is not all Latin-1 several times.
    ///
    /// @throws IllegalArgumentException if it is over the limit
    public static Utf8Text of(String text) {
        int length = text.length();
        if (length > MAX_BYTES) {
            throw tooLong(length + " characters");
        }
        char[] block = new char[Math.min(BLOCK, length)];
        byte[] bytes = new byte[length + 2 * block.length + PADDING];
        int to = 0;
        for (int from = 0, count; from < length; from += count) {
            count = Math.min(block.length, length - from);
            text.getChars(from, from + count, block, 0);
            if (from + count < length && Character.isHighSurrogate(block[count - 1])) {
                count--; // comes with its low surrogate
            }
            int least = to + 3 * count + PADDING;
            if (least > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(least, bytes.length + bytes.length / 2));
            }
            to = write(block, count, bytes, to);
            if (to > MAX_BYTES) {
                throw tooLong("over %d bytes in UTF-8".formatted(MAX_BYTES));
            }
        }
        return new Utf8Text(bytes, to);
    }

    private static int write(char[] text, int count, byte[] bytes, int start) {
        int to = start;
        int at = 0;
        while (at < count) {
            int end = Math.min(at + RUN, count);
            if (isAscii(text, at, end)) {
                for (int i = at; i < end; i++) {
                    bytes[to + i - at] = (byte) text[i];
                }
                to += end - at;
                at = end;
            }
            while (at < end) {
                char unit = text[at];
                if (unit >= 0x800 && !Character.isSurrogate(unit)) {
                    bytes[to] = (byte) (0xE0 | unit >> 12);
                    bytes[to + 1] = (byte) (0x80 | unit >> 6 & 0x3F);
                    bytes[to + 2] = (byte) (0x80 | unit & 0x3F);
                    to += 3;
                    at++;
                    continue;
                }
                int codePoint = Character.codePointAt(text, at, count);
                at += Character.charCount(codePoint);
                boolean lone =
                        codePoint >= Character.MIN_SURROGATE
                                && codePoint <= Character.MAX_SURROGATE;
                to += Utf8.put(lone ? REPLACEMENT : codePoint, bytes, to);
            }
        }
        return to;
    }

    private static boolean isAscii(char[] text, int start, int end) {
        int any = 0;
        for (int i = start; i < end; i++) {
            any |= text[i];
        }
        return any < 0x80;
    }

    /// A text that is given in UTF-8.
    ///
    /// @throws IllegalArgumentException if it is over the limit or no valid UTF-8
    public static Utf8Text of(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw tooLong(utf8.length + " bytes");
        }
        int valid = Utf8Check.validLength(utf8, utf8.length);
        if (valid < utf8.length) {
            throw new IllegalArgumentException(
                    "byte 0x%02X at %d begins no valid UTF-8 character; decode the text to a String with the character set that it is in"
                            .formatted(utf8[valid], valid));
        }
        return new Utf8Text(Arrays.copyOf(utf8, utf8.length + PADDING), utf8.length);
    }

    private static IllegalArgumentException tooLong(String length) {
        return new IllegalArgumentException(
                "text has %s, the limit is %d bytes; encode it in parts"
                        .formatted(length, MAX_BYTES));
    }
}
