package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Miniature files in the shape of well-known families, against what Hugging Face tokenizers makes
/// of nasty texts with them.
public class PipelineParityTest {
    private static final JsonNode GOLDEN = Golden.zippedJson("pipelines.json.gz");

    public static Stream<String> shapes() {
        List<String> names = new ArrayList<>();
        GOLDEN.get("shapes").fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    public static Tokenizer tokenizer(String shape) {
        try {
            JsonNode file = GOLDEN.get("shapes").get(shape).get("file").deepCopy();
            file.findParents("precompiled_charsmap")
                    .forEach(
                            step ->
                                    ((ObjectNode) step)
                                            .set("precompiled_charsmap", GOLDEN.get("charsmap")));
            return TokenizerJson.parse(Golden.JSON.writeValueAsBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Check {
        void check(String text, int index);
    }

    private static void forEachText(Check check) {
        JsonNode texts = GOLDEN.get("texts");
        for (int i = 0; i < texts.size(); i++) {
            check.check(texts.get(i).textValue(), i);
        }
    }

    private static JsonNode expected(String shape, String what, int index) {
        return GOLDEN.get("shapes").get(shape).get(what).get(index);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void givesTheIdsOfHuggingFace(String shape) {
        Tokenizer tokenizer = tokenizer(shape);
        Tokenizer again = TokenizerJson.parse(TokenizerJson.format(tokenizer));

        forEachText(
                (text, i) -> {
                    int[] asText = Golden.ids(expected(shape, "text", i));
                    int[] asControl = Golden.ids(expected(shape, "control", i));
                    assertThat(tokenizer.encode(text)).as("%d: %s", i, text).isEqualTo(asText);
                    assertThat(tokenizer.encode(text, SpecialTokens.AS_CONTROL))
                            .as("%d: %s", i, text)
                            .isEqualTo(asControl);
                    assertThat(tokenizer.frame(asControl))
                            .isEqualTo(Golden.ids(expected(shape, "framed", i)));
                    assertThat(again.encode(text, SpecialTokens.AS_CONTROL)).isEqualTo(asControl);
                });
    }

    /// But where Hugging Face's own go wrong: behind characters that SentencePiece's map deletes.
    @ParameterizedTest
    @MethodSource("shapes")
    void givesTheOffsetsOfHuggingFace(String shape) {
        Tokenizer tokenizer = tokenizer(shape);
        boolean mapped = hasCharsmap(shape);

        forEachText(
                (text, i) -> {
                    if (mapped && hasControlCharacters(text)) {
                        return;
                    }
                    Encoding encoding = tokenizer.encodeWithOffsets(text, SpecialTokens.AS_CONTROL);
                    assertThat(encoding.ids()).isEqualTo(Golden.ids(expected(shape, "control", i)));
                    assertThat(offsets(encoding))
                            .as("%d: %s", i, text)
                            .isEqualTo(Golden.ids(expected(shape, "offsets", i)));
                });
    }

    static Stream<String> shapesWithPairs() {
        return shapes().filter(shape -> GOLDEN.get("shapes").get(shape).has("pairs"));
    }

    @ParameterizedTest
    @MethodSource("shapesWithPairs")
    void framesPairsAsHuggingFaceDoes(String shape) {
        Tokenizer tokenizer = tokenizer(shape);
        boolean mapped = hasCharsmap(shape);
        JsonNode texts = GOLDEN.get("texts");
        JsonNode pairs = GOLDEN.get("shapes").get(shape).get("pairs");

        for (int i = 0; i < pairs.size(); i++) {
            String first = texts.get(3 * i).textValue();
            String second = texts.get((texts.size() - 3 * i) % texts.size()).textValue();
            Encoding pair =
                    tokenizer.frame(
                            tokenizer.encodeWithOffsets(first, SpecialTokens.AS_CONTROL),
                            tokenizer.encodeWithOffsets(second, SpecialTokens.AS_CONTROL));
            boolean[] mask = pair.specialTokensMask();
            for (int token = 0; token < mask.length; token++) {
                assertThat(mask[token])
                        .isEqualTo(pairs.at("/%d/2/%d".formatted(i, token)).intValue() == 1);
                assertThat(pair.textIndexes()[token] == -1).isEqualTo(mask[token]);
            }
            assertThat(pair.ids()).isEqualTo(Golden.ids(pairs.at("/%d/0".formatted(i))));
            assertThat(pair.typeIds()).isEqualTo(Golden.ids(pairs.at("/%d/1".formatted(i))));
            if (!mapped || !hasControlCharacters(first + second)) {
                assertThat(offsets(pair)).isEqualTo(Golden.ids(pairs.at("/%d/3".formatted(i))));
            }
        }
    }

    @Test
    void refusesToFrameTwice() {
        Tokenizer tokenizer = tokenizer("bert-cased");
        Encoding text = tokenizer.encodeWithOffsets("a", SpecialTokens.AS_TEXT);
        Encoding framed = tokenizer.frame(text);

        assertThat(framed.ids()).isEqualTo(tokenizer.frame(text.ids()));
        assertThat(framed.typeIds()).containsOnly(0);
        assertThatThrownBy(() -> tokenizer.frame(text, framed)).hasMessageContaining("already");
    }

    private static boolean hasCharsmap(String shape) {
        return GOLDEN.get("shapes").get(shape).get("file").findValue("precompiled_charsmap")
                != null;
    }

    private static boolean hasControlCharacters(String text) {
        return text.matches("(?s).*[\\p{Cc}&&[^\\t\\n\\r]].*");
    }

    private static int[] offsets(Encoding encoding) {
        int[] starts = encoding.starts(Encoding.Unit.CODE_POINTS);
        int[] ends = encoding.ends(Encoding.Unit.CODE_POINTS);
        int[] offsets = new int[2 * starts.length];
        for (int token = 0; token < starts.length; token++) {
            offsets[2 * token] = starts[token];
            offsets[2 * token + 1] = ends[token];
        }
        return offsets;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void givesTheTextOfHuggingFace(String shape) {
        Tokenizer tokenizer = tokenizer(shape);

        forEachText(
                (text, i) -> {
                    int[] ids = Golden.ids(expected(shape, "framed", i));
                    assertThat(tokenizer.decode(ids))
                            .isEqualTo(expected(shape, "decoded", i).textValue());
                    assertThat(tokenizer.decode(ids, true))
                            .isEqualTo(expected(shape, "skipping", i).textValue());
                });
    }
}
