package dev.gyre.tokenizer.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8TextTest {
    /// Characters of one to four bytes, and halves of the last; Java's encoder knows no replacement
    /// but `?`, so that it gets U+FFFD for lone halves.
    @Test
    void writesWhatJavaWritesAndReplacesLoneSurrogates() {
        Random random = new Random(7);
        int[] alphabet = {
            'a', 'z', ' ', 'é', 'ß', '漢', '\uFFFF', 0x1F600, 0x10FFFF, 0xD83D, 0xDE00
        };
        for (int length : new int[] {0, 1, 2, 31, 32, 33, 100, 4095, 4096, 4097, 8192, 20_000}) {
            for (int kinds = 1; kinds <= alphabet.length; kinds++) {
                StringBuilder text = new StringBuilder();
                while (text.length() < length) {
                    text.appendCodePoint(
                            random.nextInt(8) > 0 ? 'x' : alphabet[random.nextInt(kinds)]);
                }
                assertSame(text.toString());
            }
        }
        assertSame("x".repeat(4095) + "😀".repeat(3000) + "\uD83D");
        assertSame("漢".repeat(50_000));
    }

    private static void assertSame(String text) {
        byte[] expected =
                text.codePoints()
                        .map(
                                codePoint ->
                                        codePoint >= 0xD800 && codePoint <= 0xDFFF
                                                ? 0xFFFD
                                                : codePoint)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8);
        Utf8Text utf8 = Utf8Text.of(text);

        assertThat(Arrays.copyOf(utf8.bytes(), utf8.length())).isEqualTo(expected);
        assertThat(utf8.bytes().length).isGreaterThanOrEqualTo(utf8.length() + Utf8Text.PADDING);
        assertThat(Arrays.copyOfRange(utf8.bytes(), utf8.length(), utf8.bytes().length))
                .containsOnly(0);
    }
}
