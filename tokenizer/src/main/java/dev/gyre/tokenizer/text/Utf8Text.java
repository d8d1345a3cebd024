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

    /// A text that is given as a String. Lone surrogates become U+FFFD, as tiktoken reads them;
    /// Java's own encoder would write `?`, and read a String that is not all Latin-1 several times.
    ///
    /// @throws IllegalArgumentException if it is over the limit
    public static Utf8Text of(String text) {
        int length = text.length();
        if (length > MAX_BYTES) {
            throw tooLong(length + " characters");
        }
        return new Utf8Writer(text).write();
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

    static IllegalArgumentException tooLong(String length) {
        return new IllegalArgumentException(
                "text has %s, the limit is %d bytes; encode it in parts"
                        .formatted(length, MAX_BYTES));
    }
}
