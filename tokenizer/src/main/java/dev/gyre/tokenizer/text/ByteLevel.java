package dev.gyre.tokenizer.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The spelling of byte-level vocabularies, from GPT-2: every byte has a printable character, so
/// that tokens can stand in a text file. Printable Latin-1 bytes are themselves, the other 68 take
/// U+0100 and on, in order.
public final class ByteLevel {
    private static final char[] CHARACTERS = new char[256];
    private static final short[] BYTES = new short[0x144];

    static {
        Arrays.fill(BYTES, (short) -1);
        char spare = 0x100;
        for (int value = 0; value < 256; value++) {
            CHARACTERS[value] = isPrintable(value) ? (char) value : spare++;
            BYTES[CHARACTERS[value]] = (short) value;
        }
    }

    private ByteLevel() {}

    private static boolean isPrintable(int value) {
        return value >= 0x21 && value <= 0x7E || value >= 0xA1 && value != 0xAD;
    }

    public static char character(int value) {
        return CHARACTERS[value];
    }

    /// The byte of a character, negative if it stands for none.
    public static int byteOf(char character) {
        return character < BYTES.length ? BYTES[character] : -1;
    }

    public static String spell(byte[] bytes) {
        char[] spelled = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelled[i] = CHARACTERS[bytes[i] & 0xFF];
        }
        return new String(spelled);
    }

    /// The bytes of a token. One with a character that stands for no byte is taken as plain text,
    /// as Hugging Face's decoder does; no merge can make such a token.
    public static byte[] bytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            int value = byteOf(token.charAt(i));
            if (value < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }
}
