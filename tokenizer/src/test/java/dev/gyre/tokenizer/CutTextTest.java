package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Texts that are encoded in parts, against their whole: streams, growing texts, counts and ranges,
/// for every kind of tokenizer, on nasty and random texts.
class CutTextTest {
    private static final JsonNode GOLDEN = Golden.zippedJson("pipelines.json.gz").get("texts");

    private static final String[] NASTY = {
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u00A0",
        "\u0085",
        "a",
        "B",
        "é",
        "e\u0301",
        "\u0301",
        "'s",
        "'",
        "1",
        "²",
        "123",
        "!",
        "/",
        "=",
        "\u0338",
        "日本",
        "カ\u3099",
        "。",
        "한",
        "\u0915\u093C",
        "\u0958",
        "🙂",
        "👨‍👩‍👧",
        "\uD83D",
        "\uDE42",
        "𝐀",
        "\u0600",
        "\u0D4E",
        "<|im_end|>",
        "<|im",
        "[MASK]",
        "<mask>",
        "<s>",
        "</s>",
        "_",
        "\u0000",
        "\u00AD",
        "™",
        "ﬁ",
        "\u2126",
        "the",
        " dog",
        "``",
        "▁",
        "İ",
        "ſ",
        "’",
        "\u200B",
        "\u200D"
    };

    static Stream<String> tokenizers() {
        return Stream.concat(
                TokenizerParityTest.variants().map(name -> "byte-level " + name),
                PipelineParityTest.shapes());
    }

    private static Tokenizer tokenizer(String name) throws Exception {
        return name.startsWith("byte-level ")
                ? TokenizerParityTest.variant(name.substring("byte-level ".length()))
                : PipelineParityTest.tokenizer(name);
    }

    private static List<String> texts(int seeds) {
        List<String> texts = new ArrayList<>();
        GOLDEN.forEach(text -> texts.add(text.textValue()));
        for (int seed = 0; seed < seeds; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i >= 0; i--) {
                text.append(NASTY[random.nextInt(NASTY.length)]);
                if (random.nextInt(8) == 0) {
                    int point = random.nextInt(random.nextBoolean() ? 0x3000 : 0x20000);
                    text.appendCodePoint(point);
                }
                if (random.nextInt(4) == 0) {
                    text.append(' ');
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void cutsOnlyWhereThePartsGiveTheIdsOfTheWhole(String name) throws Exception {
        Tokenizer tokenizer = tokenizer(name);
        SafeCuts cuts = new SafeCuts(tokenizer.definition());
        for (String text : texts(200)) {
            for (SpecialTokens special : List.of(SpecialTokens.AS_TEXT, SpecialTokens.AS_CONTROL)) {
                int[] whole = tokenizer.encode(text, special);
                for (int at = 1; at < text.length(); at++) {
                    if (cuts.at(text, at)) {
                        int[] front = tokenizer.encode(text.substring(0, at), special);
                        int[] back = tokenizer.encode(text.substring(at), special);
                        assertThat(
                                        IntStream.concat(IntStream.of(front), IntStream.of(back))
                                                .toArray())
                                .as("\"%s\" cut at %d", text, at)
                                .isEqualTo(whole);
                    }
                }
            }
        }
    }

    private static Integer[] boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toArray(Integer[]::new);
    }

    @Test
    void findsPlacesToCut() throws Exception {
        String text = "The dog, 12 cats; 日本。x";

        assertThat(cutsOf("byte-level gpt2", text)).containsExactly(3, 7, 8, 11, 16, 17, 20);
        assertThat(cutsOf("byte-level llama3", text)).containsExactly(3, 7, 8, 11, 16, 17, 20);
        assertThat(cutsOf("byte-level qwen2", text)).containsExactly(3, 7, 8, 11, 16, 17);
        assertThat(cutsOf("bert-uncased", text)).containsExactly(3, 8, 11, 17);
        assertThat(cutsOf("t5", text)).containsExactly(3, 8, 11, 17);
        assertThat(cutsOf("llama2", text)).isEmpty();
    }

    private static List<Integer> cutsOf(String name, String text) throws Exception {
        SafeCuts cuts = new SafeCuts(tokenizer(name).definition());
        return IntStream.range(1, text.length()).filter(at -> cuts.at(text, at)).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void streamsTheIdsOfTheWholeText(String name) throws Exception {
        Tokenizer tokenizer = tokenizer(name);
        Random random = new Random(7);
        StreamingEncoder encoder = new StreamingEncoder(tokenizer, SpecialTokens.AS_CONTROL);
        for (String text : texts(100)) {
            List<Integer> ids = new ArrayList<>();
            for (int at = 0; at < text.length(); ) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(5));
                Arrays.stream(encoder.add(text.substring(at, end))).forEach(ids::add);
                at = end;
            }
            Arrays.stream(encoder.finish()).forEach(ids::add);

            assertThat(ids)
                    .as(text)
                    .containsExactly(boxed(tokenizer.encode(text, SpecialTokens.AS_CONTROL)));
        }
    }

    @Test
    void readsLongTextsPartByPart() throws Exception {
        Tokenizer tokenizer = tokenizer("byte-level llama3");
        String text = Golden.text("training.txt").repeat(20);
        List<int[]> parts = new ArrayList<>();

        StreamingEncoder.encode(
                tokenizer, SpecialTokens.AS_TEXT, new StringReader(text), parts::add);

        assertThat(parts).hasSizeGreaterThan(text.length() >> 17);
        assertThat(parts.stream().flatMapToInt(Arrays::stream))
                .containsExactly(boxed(tokenizer.encode(text)));
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void encodesInParallelTheIdsOfTheWholeText(String name) throws Exception {
        Tokenizer tokenizer = tokenizer(name);
        StringBuilder text = new StringBuilder();
        List<String> parts = texts(500);
        Random random = new Random(9);
        while (text.length() < 2 * ParallelEncoding.PART) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        for (SpecialTokens special : List.of(SpecialTokens.AS_TEXT, SpecialTokens.AS_CONTROL)) {
            assertThat(tokenizer.encodeParallel(text.toString(), special))
                    .isEqualTo(tokenizer.encode(text.toString(), special));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "ab ", "\n", "日本。", "x  ", "<|im_end|>"})
    void encodesRepeatsInParallel(String unit) throws Exception {
        Tokenizer tokenizer = tokenizer("byte-level llama3");
        String text = unit.repeat(3 * ParallelEncoding.PART / unit.length() + 1);

        assertThat(tokenizer.encodeParallel(text, SpecialTokens.AS_CONTROL))
                .isEqualTo(tokenizer.encode(text, SpecialTokens.AS_CONTROL));
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void knowsTheIdsOfGrowingTexts(String name) throws Exception {
        Tokenizer tokenizer = tokenizer(name);
        Random random = new Random(8);
        for (String text : texts(20)) {
            AppendableEncoding growing = new AppendableEncoding(tokenizer, SpecialTokens.AS_TEXT);
            for (int at = 0; at < text.length(); ) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(9));
                growing.append(text.substring(at, end));
                at = end;
                if (random.nextBoolean()) {
                    int[] expected = tokenizer.encode(text.substring(0, end));
                    assertThat(growing.count()).isEqualTo(expected.length);
                    assertThat(growing.ids()).as(text).isEqualTo(expected);
                }
            }
            assertThat(growing.ids()).as(text).isEqualTo(tokenizer.encode(text));
        }
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void countsWhatEncodingGives(String name) throws Exception {
        Tokenizer tokenizer = tokenizer(name);
        TokenCounter counter = new TokenCounter(tokenizer, SpecialTokens.AS_CONTROL);
        Random random = new Random(9);
        List<String> texts = texts(40);
        texts.add(String.join(" ", texts).repeat(3));
        for (String text : texts) {
            int tokens = tokenizer.encode(text, SpecialTokens.AS_CONTROL).length;
            int fewer = tokens == 0 ? 0 : random.nextInt(tokens);

            assertThat(counter.count(text)).as(text).isEqualTo(tokens);
            assertThat(counter.countUpTo(text, tokens)).hasValue(tokens);
            assertThat(counter.countUpTo(text, tokens + 5)).hasValue(tokens);
            assertThat(counter.countUpTo(text, fewer).isPresent()).isEqualTo(fewer == tokens);
        }
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void countsAnyStretchOfAText(String name) throws Exception {
        TokenCounter counter = new TokenCounter(tokenizer(name));
        Random random = new Random(10);
        for (String text : texts(40)) {
            TokenRanges ranges = counter.ranges(text);
            for (int i = 0; i < 15; i++) {
                int start = random.nextInt(text.length() + 1);
                int end = start + random.nextInt(text.length() - start + 1);

                assertThat(ranges.count(start, end))
                        .as("\"%s\" from %d to %d", text, start, end)
                        .isEqualTo(counter.tokenizer().encode(text.substring(start, end)).length);
            }
        }
    }

    @Test
    void refusesWhatMakesNoSense() throws Exception {
        TokenCounter counter = new TokenCounter(tokenizer("byte-level gpt2"));

        assertThatThrownBy(() -> counter.countUpTo("a", -1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> counter.ranges("abc").count(2, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> counter.ranges("abc").count(0, 4))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesToHoldBackMoreThanItsLimit() throws Exception {
        String name = "llama2";
        StreamingEncoder encoder = new StreamingEncoder(tokenizer(name), SpecialTokens.AS_TEXT);
        String part = "a b ".repeat(1 << 22);

        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 10; i++) {
                                encoder.add(part);
                            }
                        })
                .hasMessageContaining(String.valueOf(PendingText.MAX_CHARACTERS))
                .hasMessageContaining("as a whole");
    }

    @Test
    void holdsBackLittleOfALongStream() throws Exception {
        StreamingEncoder encoder =
                new StreamingEncoder(tokenizer("byte-level gpt2"), SpecialTokens.AS_TEXT);
        String part = "a b ".repeat(1 << 18);
        long ids = 0;
        for (int i = 0; i < 10; i++) {
            ids += encoder.add(part).length;
        }
        ids += encoder.finish().length;

        assertThat(ids).isGreaterThanOrEqualTo(2L * 10 << 18);
    }
}
