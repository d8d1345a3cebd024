package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Ids against those of Hugging Face tokenizers, for every pattern.
class TokenizerParityTest {
    private static final JsonNode ENCODINGS = Golden.json("encodings.json");

    static Stream<String> variants() {
        Stream.Builder<String> names = Stream.builder();
        ENCODINGS.get("variants").fieldNames().forEachRemaining(names::add);
        return names.build();
    }

    static Tokenizer variant(String name) throws Exception {
        JsonNode variant = ENCODINGS.get("variants").get(name);
        ObjectNode file = (ObjectNode) Golden.json("tokenizer.json");
        file.set("pre_tokenizer", variant.get("pre_tokenizer"));
        file.set(
                "normalizer",
                variant.path("normalizer").isMissingNode() ? null : variant.get("normalizer"));
        ((ObjectNode) file.get("model"))
                .put("ignore_merges", variant.path("ignore_merges").asBoolean());
        return TokenizerJson.parse(Golden.JSON.writeValueAsBytes(file));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void givesTheIdsOfHuggingFace(String name) throws Exception {
        Tokenizer tokenizer = variant(name);

        assertSameIds(tokenizer, name, "text", SpecialTokens.AS_TEXT);
        assertSameIds(tokenizer, name, "control", SpecialTokens.AS_CONTROL);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void givesTheSameIdsAfterWritingAndReading(String name) throws Exception {
        Tokenizer tokenizer = TokenizerJson.parse(TokenizerJson.format(variant(name)));

        assertSameIds(tokenizer, name, "text", SpecialTokens.AS_TEXT);
        assertSameIds(tokenizer, name, "control", SpecialTokens.AS_CONTROL);
    }

    private static void assertSameIds(
            Tokenizer tokenizer, String name, String mode, SpecialTokens specialTokens) {
        JsonNode texts = ENCODINGS.get("texts");
        JsonNode expected = ENCODINGS.get("variants").get(name).get("ids").get(mode);
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).textValue();
            assertThat(tokenizer.encode(text, specialTokens))
                    .as("%s, %s, text %d: %s", name, mode, i, text)
                    .isEqualTo(Golden.ids(expected.get(i)));
        }
    }
}
