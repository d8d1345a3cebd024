package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.formats.Vocabularies;
import dev.gyre.tokenizer.text.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final Tokenizer TOKENIZER = TokenizerJson.parse(Golden.bytes("tokenizer.json"));

    @ParameterizedTest
    @MethodSource("dev.gyre.tokenizer.TokenizerParityTest#variants")
    void decodesWhatItEncoded(String variant) throws Exception {
        if (variant.equals("qwen2")) {
            return; // brings text into composed form: see composesTextForQwen
        }
        Tokenizer tokenizer = TokenizerParityTest.variant(variant);
        for (long seed = 1; seed <= 300; seed++) {
            String text = randomText(new Random(seed));

            assertThat(tokenizer.decode(tokenizer.encode(text)))
                    .as("seed %d", seed)
                    .isEqualTo(text);
            assertThat(tokenizer.decode(tokenizer.encode(text, SpecialTokens.AS_CONTROL)))
                    .as("seed %d", seed)
                    .isEqualTo(text);
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(200);
        int[] ranges = {0x80, 0x800, 0x3000, 0x20000, 0x110000};
        for (int i = 0; i < length; i++) {
            int c = random.nextInt(ranges[random.nextInt(ranges.length)]);
            text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? ' ' : c);
            if (random.nextInt(20) == 0) {
                text.append("<|im_end|>");
            }
        }
        return text.toString();
    }

    @Test
    void composesTextForQwen() throws Exception {
        Tokenizer tokenizer = TokenizerParityTest.variant("qwen2");

        assertThat(tokenizer.decode(tokenizer.encode("e\u0301"))).isEqualTo("é");
    }

    @Test
    void takesLoneSurrogatesForReplacementCharacters() {
        assertThat(TOKENIZER.encode("a\uD800b\uDC00"))
                .isEqualTo(TOKENIZER.encode("a\uFFFDb\uFFFD"));
        assertThat(TOKENIZER.encode("\uDC00\uD800")).isEqualTo(TOKENIZER.encode("\uFFFD\uFFFD"));
        assertThat(TOKENIZER.encode("?\uD83D\uDE42")).isEqualTo(TOKENIZER.encode("?🙂"));
    }

    @Test
    void tellsSpecialTokensFromTheirText() {
        int end = TOKENIZER.addedTokenId("<|im_end|>").orElseThrow();

        assertThat(TOKENIZER.encode("<|im_end|>", SpecialTokens.AS_CONTROL)).containsExactly(end);
        assertThat(TOKENIZER.encode("<|im_end|>")).doesNotContain(end).hasSizeGreaterThan(1);
        assertThat(TOKENIZER.isSpecial(end)).isTrue();
        assertThat(TOKENIZER.isSpecial(-1)).isFalse();
        assertThat(TOKENIZER.decode(new int[] {end}, true)).isEmpty();
        assertThat(TOKENIZER.specialTokens())
                .containsKeys("<|endoftext|>", "<|im_end|>")
                .hasSize(4);
        assertThat(TOKENIZER.addedTokenId("nothing")).isEmpty();
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        assertThatThrownBy(() -> TOKENIZER.decode(new int[] {0, 763}))
                .hasMessageContaining("763")
                .hasMessageContaining("762");
        assertThatThrownBy(() -> TOKENIZER.tokenBytes(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> TOKENIZER.tokenBytes(Integer.MIN_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesTextOverTheLimitBeforeCopyingIt() {
        String huge = "a".repeat(Utf8Text.MAX_BYTES + 1);

        assertThatThrownBy(() -> TOKENIZER.encode(huge))
                .hasMessageContaining(String.valueOf(Utf8Text.MAX_BYTES))
                .hasMessageContaining("parts");
    }

    /// Worst cases of a million characters end in seconds, where n² would take hours.
    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\n", "=", "'", "é", "日", "🙂", "<", "ab", "aB"})
    void staysNearlyLinearOnRepeats(String unit) {
        String text = unit.repeat(1_000_000 / unit.length()) + "x";

        Assertions.assertTimeout(
                Duration.ofSeconds(30),
                () -> assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text));
    }

    @Test
    void givesEveryThreadTheSameIds() throws Exception {
        String text = Golden.text("training.txt");
        int[] expected = TOKENIZER.encode(text);
        List<Callable<int[]>> calls = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            calls.add(() -> TOKENIZER.encode(text));
        }

        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<int[]> result : threads.invokeAll(calls)) {
                assertThat(result.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void encodesUtf8AsTheTextThatItIs() {
        Tokenizer tokenizer = Vocabularies.load("gpt2");
        for (String text :
                List.of("", "Hello", "naïve 日本 🙂<|endoftext|>", "a\u0000b".repeat(50))) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            for (SpecialTokens special : List.of(SpecialTokens.AS_TEXT, SpecialTokens.AS_CONTROL)) {
                assertThat(tokenizer.encodeUtf8(utf8, special))
                        .isEqualTo(tokenizer.encode(text, special));
            }
        }
    }

    /// Overlong, surrogate, above U+10FFFF, cut off, continuation alone, and never allowed.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "C0 AF",
                "E0 80 AF",
                "F0 80 80 AF",
                "ED A0 80",
                "F4 90 80 80",
                "E6 97",
                "F0 9F 99",
                "80",
                "FF",
                "C3 28",
                "E6 97 28",
                "F5 80 80 80"
            })
    void refusesInvalidUtf8ByItsPlace(String bytes) {
        Tokenizer tokenizer = Vocabularies.load("gpt2");
        byte[] invalid = HexFormat.ofDelimiter(" ").parseHex(bytes);
        byte[] text = new byte[10 + invalid.length];
        Arrays.fill(text, (byte) 'x');
        System.arraycopy(invalid, 0, text, 10, invalid.length);

        assertThatThrownBy(() -> tokenizer.encodeUtf8(text, SpecialTokens.AS_TEXT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x" + bytes.substring(0, 2) + " at 10");
    }
}
