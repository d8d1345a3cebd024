package dev.gyre.tokenizer.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
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

    @Test
    void leavesOutTheMergesOfALongPiece() {
        Explanation explanation = Explanation.of(TOKENIZER, "a".repeat(60_000));

        assertThat(explanation.pieces().getFirst().more()).isEqualTo(-1);
        assertThat(explanation.text()).contains("too long");
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
