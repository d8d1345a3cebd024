package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.formats.Vocabularies;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Batches as Hugging Face's `encode_batch` makes them with the same file, and special tokens that
/// tiktoken is allowed.
class EncodedBatchTest {
    private static final JsonNode GOLDEN = Golden.json("batches.json");

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(node -> strings.add(node.textValue()));
        return strings;
    }

    @Test
    void cutsAndFillsUpAsTheFileSays() {
        List<String> texts = strings(GOLDEN.get("texts"));
        for (JsonNode golden : GOLDEN.get("batches")) {
            ObjectNode file = (ObjectNode) Golden.json("tokenizer.json");
            file.setAll((ObjectNode) golden.get("settings"));
            Tokenizer tokenizer =
                    TokenizerJson.parse(file.toString().getBytes(StandardCharsets.UTF_8));

            EncodedBatch batch = EncodedBatch.encode(tokenizer, texts, SpecialTokens.AS_CONTROL);

            for (int i = 0; i < texts.size(); i++) {
                EncodedBatch.Row row = batch.rows().get(i);
                assertThat(row.ids())
                        .as("%s, %s", texts.get(i), golden.get("settings"))
                        .isEqualTo(Golden.ids(golden.at("/ids/" + i)));
                assertThat(row.attentionMask())
                        .as("%s, %s", texts.get(i), golden.get("settings"))
                        .isEqualTo(Golden.ids(golden.at("/masks/" + i)));
            }
        }
    }

    @Test
    void makesControlTokensOfThoseAllowedOnly() {
        Tokenizer tokenizer = Vocabularies.load("cl100k_base");
        for (JsonNode golden : GOLDEN.get("allowed")) {
            SpecialTokens some = SpecialTokens.only(strings(golden.get("allowed")));
            String text = golden.get("text").textValue();

            assertThat(tokenizer.encode(text, some))
                    .as("%s in %s", golden.get("allowed"), text)
                    .isEqualTo(Golden.ids(golden.get("ids")));
        }
    }

    @Test
    void refusesWhatCannotBe() {
        Tokenizer tokenizer = TokenizerJson.parse(Golden.bytes("tokenizer.json"));
        EncodedBatch batch = EncodedBatch.encode(tokenizer, List.of("the"), SpecialTokens.AS_TEXT);

        assertThatThrownBy(() -> batch.padded(0, -1, 0, false)).hasMessageContaining("-1");
        assertThatThrownBy(
                        () ->
                                EncodedBatch.encode(
                                        tokenizer,
                                        List.of("the"),
                                        SpecialTokens.AS_TEXT,
                                        false,
                                        -2,
                                        false))
                .hasMessageContaining("-2");
    }
}
