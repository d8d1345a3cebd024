package dev.gyre.tokenizer.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Encoding;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Regular expressions of well-known files and odd ones, against what Hugging Face tokenizers cuts
/// with them.
class RegexProgramTest {
    private static final JsonNode GOLDEN = Golden.zippedJson("regexes.json.gz");

    static Stream<String> sets() {
        List<String> names = new ArrayList<>();
        GOLDEN.get("sets").fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void cutsAsHuggingFaceDoes(String set) {
        JsonNode golden = GOLDEN.get("sets").get(set);
        Tokenizer tokenizer =
                TokenizerJson.parse(golden.get("file").toString().getBytes(StandardCharsets.UTF_8));
        JsonNode texts = GOLDEN.get("texts");

        for (int i = 0; i < texts.size(); i++) {
            Encoding pieces =
                    tokenizer.encodeWithOffsets(texts.get(i).textValue(), SpecialTokens.AS_TEXT);
            assertThat(pieces.starts(Encoding.Unit.CODE_POINTS))
                    .as("%d", i)
                    .isEqualTo(Golden.ids(golden.at("/starts/" + i)));
            assertThat(pieces.ends(Encoding.Unit.CODE_POINTS))
                    .as("%d", i)
                    .isEqualTo(Golden.ids(golden.at("/ends/" + i)));
        }
        assertThat(TokenizerJson.parse(TokenizerJson.format(tokenizer)).definition())
                .isEqualTo(tokenizer.definition());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a*",
                "a++",
                "a+?",
                "(?<=a)b",
                "(?<name>a)",
                "[a&&b]",
                "[[:alpha:]]",
                "(?i:k)",
                "\\1",
                "\\h",
                "\\p{Greek}",
                "\\p{^L}",
                "(a",
                "a)",
                "[a",
                "a{2",
                "a{3,2}",
                "a{999}",
                "^a",
                "[z-a]",
                "(?=ab)c",
                "(a*)*b",
                "\\",
                "",
                "a|",
                "((a{60}){60}){60}"
            })
    void refusesByName(String regex) {
        assertThatThrownBy(() -> RegexProgram.of(regex))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not supported");
    }

    @Test
    void refusesDeepAndLongExpressions() {
        assertThatThrownBy(() -> RegexProgram.of("(".repeat(4000) + "a" + ")".repeat(90)))
                .hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> RegexProgram.of("a".repeat(5000)))
                .hasMessageContaining("5000 characters");
    }

    @Test
    void staysLinearWhereBacktrackingExplodes() {
        byte[] text = "a".repeat(200_000).getBytes(StandardCharsets.UTF_8);

        assertThat(RegexProgram.of("(a+)+b|(a|a)+c").find(text, 0, 0, text.length)).isEqualTo(-1);
    }
}
