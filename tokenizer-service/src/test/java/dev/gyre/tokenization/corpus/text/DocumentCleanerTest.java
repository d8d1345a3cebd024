package dev.gyre.tokenization.corpus.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.Normalizer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentCleanerTest {
    private static final CorpusRules LENIENT =
            CorpusRules.DEFAULT
                    .withQuality(CorpusRules.Quality.OFF)
                    .withRepetition(CorpusRules.Repetition.OFF)
                    .withLines(
                            new CorpusRules.Lines(
                                    false, 2, 1_000, true, true, true, true, false, 0, List.of()));

    private static final String[] PIECES = {
        "the ",
        "word ",
        "\n",
        "\n\n\n",
        "\r\n",
        " ",
        "\t",
        "\u00a0",
        "é",
        "e\u0301",
        "\u0344",
        "\ud800",
        "\udc00",
        "😀",
        "\ufeff",
        "\u0000",
        "\u2028",
        "\u0085",
        "[",
        "1",
        "]",
        "[edit",
        "@",
        "a.b",
        "a@b.org",
        "+49 30 901820",
        "4111 1111 1111 1111",
        "8.8.8.8",
        "12345678Z",
        "-",
        ".",
        ":",
        "::",
        "2a00:",
        "415-555-2671",
        "(",
        "javascript",
        "use cookies",
        "我们",
        "{"
    };

    @Test
    void cleaningTwiceIsCleaningOnce() {
        DocumentCleaner cleaner = new DocumentCleaner(LENIENT);
        int kept = 0;
        for (int seed = 0; seed < 1_000; seed++) {
            String text = nasty(new Random(seed));
            if (cleaner.clean(text) instanceof Verdict.Kept once) {
                kept++;
                assertThat(cleaner.clean(once.text()))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(new Verdict.Kept(once.text(), List.of(), once.language()));
                assertThat(Normalizer.isNormalized(once.text(), Normalizer.Form.NFC)).isTrue();
                assertThat(once.text().chars())
                        .noneMatch(unit -> unit < ' ' && unit != '\n' && unit != '\t');
                assertThat(once.text()).doesNotContain("\n\n\n\n").doesNotContain(" \n");
            }
        }
        assertThat(kept).isGreaterThan(300);
    }

    @ParameterizedTest
    @CsvSource({
        "'a\r\nb\rc\u2028d', 'a\nb\nc\nd'",
        "'\ufeffx  \n\n\n\n\n y\t', 'x\n\n\n y'",
        "'e\u0301', 'é'",
        "'a\u0000\u0007b', 'ab'",
        "'\n\n a \n', ' a'"
    })
    void normalises(String text, String normal) {
        assertThat(TextNormalizer.normalize(text)).isEqualTo(normal);
    }

    @Test
    void replacesLoneSurrogates() {
        assertThat(TextNormalizer.normalize("a\ud800b\udc00😀")).isEqualTo("a\ufffdb\ufffd😀");
    }

    @Test
    void keepsGoodEnglishAndSaysWhatItReplaced() {
        String text =
                """
                The committee met on Tuesday to talk about the plans that the town has for its old
                harbour. Most of the people who came have lived there for many years, and they were
                worried about the noise. A member of the council said that the work would start in
                the spring. Write to council@harbour.example.org with any question about the plans.
                Nobody could say what it would cost, but everyone agreed that something must be done.
                """;

        assertThat(new DocumentCleaner(CorpusRules.DEFAULT).clean(text))
                .isEqualTo(
                        new Verdict.Kept(
                                text.replace("council@harbour.example.org", "<EMAIL>").strip(),
                                List.of(new Redaction(PersonalDataKind.EMAIL, 1)),
                                "en"));
    }

    @Test
    void saysWhatWasMeasuredAndTheLimit() {
        assertThat(new DocumentCleaner(CorpusRules.DEFAULT).clean("Just five words stand here."))
                .isEqualTo(new Verdict.Removed("too-few-words", "5 words, limit 50"));
    }

    @Test
    void removesLanguagesThatAreNotAllowed() {
        CorpusRules german = LENIENT.withLanguages(new CorpusRules.Languages(List.of("de"), 0.65));
        DocumentCleaner cleaner = new DocumentCleaner(german);

        assertThat(cleaner.clean("The weather is fine and we have nothing to do today."))
                .isInstanceOfSatisfying(
                        Verdict.Removed.class,
                        removed -> assertThat(removed.rule()).isEqualTo("language"));
        assertThat(cleaner.clean("Das Wetter ist schön und wir haben heute nichts zu tun."))
                .isInstanceOfSatisfying(
                        Verdict.Kept.class, kept -> assertThat(kept.language()).isEqualTo("de"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Some BAD-word here now", "bad word", "这里有坏话"})
    void removesBadWordsOfTheSettings(String text) {
        CorpusRules.Lines lines =
                new CorpusRules.Lines(
                        false,
                        0,
                        100,
                        false,
                        false,
                        false,
                        false,
                        false,
                        0,
                        List.of("Bad Word", "坏话"));

        assertThat(new DocumentCleaner(LENIENT.withLines(lines)).clean(text))
                .isInstanceOfSatisfying(
                        Verdict.Removed.class,
                        removed -> assertThat(removed.rule()).isEqualTo("bad-word"));
    }

    @ParameterizedTest
    @CsvSource({
        "'One. Two! Three?', 3",
        "'It cost 3.14 today.', 1",
        "'He said \"no.\" Then he left', 2",
        "'我们走了。天气很好。', 2",
        "'Heading\n\nBody text... more', 3"
    })
    void countsSentences(String text, int sentences) {
        assertThat(LineRules.sentences(text)).isEqualTo(sentences);
    }

    @Test
    void refusesSettingsThatCannotBe() {
        assertThatThrownBy(() -> new CorpusRules.Languages(List.of("xx"), 0.5))
                .hasMessageContaining("\"xx\"");
        assertThatThrownBy(() -> new NGramLimit(5, 1.5)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> new CorpusRules.Deduplication(true, true, 5, 100, 0.8, 20, 6))
                .hasMessageContaining("120");
    }

    @Test
    void exactDuplicatesDifferInWordsOnly() {
        assertThat(ContentHash.of("Hello, World!\n")).isEqualTo(ContentHash.of("hello world"));
        assertThat(ContentHash.of("hello world")).isNotEqualTo(ContentHash.of("helloworld"));
        assertThat(ContentHash.of("😀😀")).isNotEqualTo(ContentHash.of("🚀"));
    }

    private static String nasty(Random random) {
        StringBuilder text = new StringBuilder();
        for (int piece = random.nextInt(40); piece >= 0; piece--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
