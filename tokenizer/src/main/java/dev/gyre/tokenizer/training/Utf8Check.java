package dev.gyre.tokenizer.training;

/// Tells valid UTF-8 from other bytes (Unicode 16, table 3-7).
final class Utf8Check {
    private Utf8Check() {}

    /// Number of bytes up to the first that begins no whole, valid character.
    static int validLength(byte[] text, int length) {
        int at = 0;
        while (at < length) {
            if (text[at] >= 0) {
                at++;
                continue;
            }
            int size = size(text, at, length);
            if (size == 0 || at + size > length) {
                return at;
            }
            at += size;
        }
        return at;
    }

    /// Whether the bytes are the beginning of a valid character.
    static boolean mayGoOn(byte[] text, int start, int length) {
        int size = size(text, start, length);
        return size > length - start;
    }

    /// Bytes of the character, 0 if what there is of it is not valid.
    private static int size(byte[] text, int at, int length) {
        int first = text[at] & 0xFF;
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
}
