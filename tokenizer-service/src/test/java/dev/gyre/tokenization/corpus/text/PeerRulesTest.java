package dev.gyre.tokenization.corpus.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The rules beside datatrove's on the documents of `golden/corpus`.
class PeerRulesTest {
    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry("gopher_short_doc", "too-few-words"),
                    Map.entry("gopher_above_avg_threshold", "words-too-long"),
                    Map.entry("gopher_below_avg_threshold", "words-too-short"),
                    Map.entry("gopher_too_many_hashes", "symbol-ratio"),
                    Map.entry("gopher_too_many_ellipsis", "symbol-ratio"),
                    Map.entry("gopher_too_many_bullets", "bullet-lines"),
                    Map.entry("gopher_too_many_end_ellipsis", "ellipsis-lines"),
                    Map.entry("gopher_below_alpha_threshold", "alphabetic-words"),
                    Map.entry("gopher_enough_stop_words", "stop-words"),
                    Map.entry("dup_para_frac", "duplicate-paragraphs"),
                    Map.entry("dup_para_char_frac", "duplicate-paragraph-characters"),
                    Map.entry("dup_line_frac", "duplicate-lines"),
                    Map.entry("dup_line_char_frac", "duplicate-line-characters"),
                    Map.entry("lorem_ipsum", "lorem-ipsum"),
                    Map.entry("curly_bracket", "curly-bracket"));

    private final CorpusRules.Quality gopher = CorpusRules.Quality.DEFAULT;

    @Test
    void judgesQualityAsDatatrove() throws IOException {
        QualityRules anySize =
                new QualityRules(new CorpusRules.Quality(0, 100_000, 3, 10, 0.1, 0.9, 0.3, 0.8, 2));
        QualityRules rules = new QualityRules(gopher);
        for (JsonNode row : documents()) {
            String text = row.get("text").textValue();
            assertThat(rule(rules, text)).as(text).isEqualTo(name(row.get("quality").textValue()));
            assertThat(rule(anySize, text))
                    .as(text)
                    .isEqualTo(name(row.get("anySize").textValue()));
        }
    }

    @Test
    void judgesRepetitionAsDatatrove() throws IOException {
        RepetitionRules rules = new RepetitionRules(CorpusRules.Repetition.DEFAULT);
        for (JsonNode row : documents()) {
            String text = row.get("text").textValue();

            Verdict.Removed removed = rules.check(text, new Words(text));

            assertThat(rule(removed)).as(text).isEqualTo(name(row.get("repetition").textValue()));
        }
    }

    @Test
    void keepsTheLinesThatDatatroveKeeps() throws IOException {
        LineRules any = new LineRules(lines(false));
        LineRules terminal = new LineRules(lines(true));
        for (JsonNode row : documents()) {
            String text = row.get("text").textValue();
            assertThat(lines(any, text)).as(text).isEqualTo(answer(row.get("lines")));
            assertThat(lines(terminal, text)).as(text).isEqualTo(answer(row.get("terminal")));
        }
    }

    private static CorpusRules.Lines lines(boolean terminal) {
        CorpusRules.Lines rules = CorpusRules.Lines.DEFAULT;
        return new CorpusRules.Lines(
                terminal,
                rules.minWords(),
                rules.maxWordLength(),
                true,
                true,
                true,
                true,
                true,
                0,
                rules.badWords());
    }

    /// Lines as datatrove writes them: without blanks around them and without blank lines.
    private static String lines(LineRules rules, String text) {
        LineRules.Outcome outcome = rules.apply(text);
        Verdict.Removed removed = outcome.removed();
        return removed != null
                ? removed.rule()
                : outcome.text()
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .collect(Collectors.joining("\n"));
    }

    private static String answer(JsonNode answer) {
        return answer.has("removed")
                ? name(answer.get("removed").textValue())
                : answer.get("text").textValue();
    }

    private static String rule(QualityRules rules, String text) {
        Words words = new Words(text);
        Verdict.Removed removed = rules.check(text, words);
        return rule(removed == null ? rules.checkStopWords(text, words) : removed);
    }

    private static String rule(Verdict.@Nullable Removed removed) {
        return removed == null ? "" : removed.rule();
    }

    private static String name(String datatrove) {
        if (datatrove.startsWith("top_")) {
            return datatrove.replace('_', '-');
        }
        if (datatrove.startsWith("duplicated_")) {
            return datatrove.replace("duplicated_", "duplicate-").replace("_n_", "-");
        }
        return datatrove.isEmpty() ? "" : NAMES.getOrDefault(datatrove, datatrove);
    }

    private static Iterable<JsonNode> documents() throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (InputStream file =
                PeerRulesTest.class.getResourceAsStream("/golden/corpus/filters.jsonl")) {
            Stream<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines();
            return lines.map(line -> read(json, line)).toList();
        }
    }

    private static JsonNode read(ObjectMapper json, String line) {
        try {
            return json.readTree(line);
        } catch (IOException e) {
            throw new IllegalStateException(line, e);
        }
    }
}
