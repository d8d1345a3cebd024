package dev.gyre.tokenizer.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A text as valid UTF-8 with room behind it, so that eight bytes can be read from any place.
///
/// @param bytes the text, then [#PADDING] zero bytes
/// @param length number of bytes of the text
public record Utf8Text(byte[] bytes, int length) {
    public static final int PADDING = 16;

    /// Longest text in bytes: its ids (four bytes each) still fit into one array with room to grow.
    public static final int MAX_BYTES = 256 << 20;

    public static Utf8Text of(String text) {
        if (text.length() > MAX_BYTES) {
            throw tooLong(text.length(), "characters");
        }
        byte[] utf8 = withoutLoneSurrogates(text).getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_BYTES) {
            throw tooLong(utf8.length, "bytes in UTF-8");
        }
        return new Utf8Text(Arrays.copyOf(utf8, utf8.length + PADDING), utf8.length);
    }

    /// A text that is given in UTF-8.
    ///
    /// @throws IllegalArgumentException if it is over the limit or no valid UTF-8
    public static Utf8Text of(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw tooLong(utf8.length, "bytes");
        }
        int valid = Utf8Check.validLength(utf8, utf8.length);
        if (valid < utf8.length) {
            throw new IllegalArgumentException(
                    "byte 0x%02X at %d begins no valid UTF-8 character; decode the text to a String with the character set that it is in"
                            .formatted(utf8[valid], valid));
        }
        return new Utf8Text(Arrays.copyOf(utf8, utf8.length + PADDING), utf8.length);
    }

    private static IllegalArgumentException tooLong(int length, String unit) {
        return new IllegalArgumentException(
                "text has %d %s, the limit is %d bytes; encode it in parts"
                        .formatted(length, unit, MAX_BYTES));
    }

    /// Lone surrogates as U+FFFD, as tiktoken reads them; Java's own encoder would write `?`.
    private static String withoutLoneSurrogates(String text) {
        int lone = loneSurrogate(text, 0);
        if (lone < 0) {
            return text;
        }
        StringBuilder repaired = new StringBuilder(text);
        while (lone >= 0) {
            repaired.setCharAt(lone, '\uFFFD');
            lone = loneSurrogate(text, lone + 1);
        }
        return repaired.toString();
    }

    private static int loneSurrogate(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            boolean paired =
                    Character.isHighSurrogate(unit)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1));
            if (!paired) {
                return i;
            }
            i++;
        }
        return -1;
    }
}
