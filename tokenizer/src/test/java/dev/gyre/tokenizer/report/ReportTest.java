package dev.gyre.tokenizer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.PipelineParityTest;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReportTest {
    private static final JsonNode TEXTS = Golden.zippedJson("pipelines.json.gz").get("texts");
    private static final Tokenizer TOKENIZER = TokenizerJson.parse(Golden.bytes("trained.json"));

    @Test
    void showsEachMergeInTheOrderOfItsRank() {
        Explanation explanation = Explanation.of(TOKENIZER, "the dog");

        Explanation.Piece piece = explanation.pieces().getFirst();
        assertThat(explanation.pieces())
                .extracting(Explanation.Piece::text)
                .containsExactly("the", "Ġdog");
        assertThat(piece.symbols()).containsExactly("t", "h", "e");
        assertThat(piece.steps()).isNotEmpty();
        assertThat(piece.steps().getFirst().after()).hasSize(2);
        assertThat(explanation.text()).contains("rank ").contains("tokens");
    }

    @Test
    void endsWithTheTokensOfTheText() {
        String text = "The dog's BONE isn't 1234567 years old.\n\n  日本 🙂 zzz";
        List<String> last = new ArrayList<>();

        Explanation explanation = Explanation.of(TOKENIZER, text);

        for (Explanation.Piece piece : explanation.pieces()) {
            last.addAll(
                    piece.steps().isEmpty() ? piece.symbols() : piece.steps().getLast().after());
        }
        assertThat(last)
                .isEqualTo(explanation.tokens().stream().map(Explanation.Token::spelled).toList());
        assertThat(explanation.tokens().stream().map(Explanation.Token::id))
                .containsExactlyElementsOf(
                        java.util.Arrays.stream(TOKENIZER.encode(text)).boxed().toList());
        assertThat(explanation.tokens()).anyMatch(token -> !token.wholeCharacters());
    }

    /// Whatever the kind of vocabulary, the steps of the pieces lead to the tokens of the text.
    @ParameterizedTest
    @MethodSource("dev.gyre.tokenizer.PipelineParityTest#shapes")
    void stepsLeadToTheTokens(String shape) {
        Tokenizer tokenizer = PipelineParityTest.tokenizer(shape);
        for (JsonNode node : TEXTS) {
            String text = node.textValue();
            if (text.length() > 150) {
                continue;
            }
            Explanation explanation = Explanation.of(tokenizer, text);
            List<String> last = new ArrayList<>();
            for (Explanation.Piece piece : explanation.pieces()) {
                if (!piece.choices().isEmpty()) {
                    piece.choices().forEach(choice -> last.add(choice.token()));
                } else if (!piece.steps().isEmpty()) {
                    last.addAll(piece.steps().getLast().after());
                } else if (!piece.symbols().isEmpty()) {
                    last.addAll(piece.symbols());
                } else if (tokenizer.addedTokenId(piece.text()).isPresent()) {
                    last.add(piece.text());
                }
                assertThat(piece.more()).isZero();
            }
            assertThat(last)
                    .as(text)
                    .isEqualTo(
                            explanation.tokens().stream().map(Explanation.Token::spelled).toList());
        }
    }

    @Test
    void cutsOffTheStepsOfALongPiece() {
        String text = "the".repeat(20_000);

        Explanation explanation = Explanation.of(TOKENIZER, text);

        Explanation.Piece piece = explanation.pieces().getFirst();
        assertThat(explanation.pieces()).hasSize(1);
        assertThat(piece.steps()).hasSize(Explanation.MOST_STEPS);
        assertThat(piece.symbols()).hasSize(Explanation.MOST_SYMBOLS).last().isEqualTo("…");
        assertThat(piece.more())
                .isEqualTo(60_000 - explanation.tokens().size() - Explanation.MOST_STEPS);
        assertThat(explanation.text()).contains("… and %d steps more".formatted(piece.more()));
    }

    @Test
    void countsWordsByUnicodesBoundaries() {
        Fertility row =
                Fertility.measure(TOKENIZER, "tiny", "English", "Don't stop, 3.5 dogs — ok?");

        assertThat(row.words()).isEqualTo(5);
        assertThat(row.characters()).isEqualTo(26);
        assertThat(row.bytes()).isEqualTo(28);
        assertThat(row.tokens()).isEqualTo(TOKENIZER.encode("Don't stop, 3.5 dogs — ok?").length);
        assertThat(Fertility.markdown(List.of(row), 1000))
                .contains("| tiny | English |")
                .contains("| 0.8M | 1.5M |");
    }
}
