package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.text.ByteLevel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufVocabularyTest {
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> types = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    /// The golden vocabulary as a GGUF file has it.
    GgufVocabularyTest() {
        JsonNode file = Golden.json("tokenizer.json");
        Tokenizer tokenizer = TokenizerJson.parse(Golden.bytes("tokenizer.json"));
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            tokens.add(ByteLevel.spell(tokenizer.tokenBytes(id)));
            types.add(1);
        }
        for (AddedToken token : tokenizer.addedTokens()) {
            tokens.set(token.id(), token.content());
            types.set(token.id(), token.special() ? 3 : 4);
        }
        file.at("/model/merges")
                .forEach(
                        merge ->
                                merges.add(
                                        merge.get(0).textValue() + " " + merge.get(1).textValue()));
    }

    private Tokenizer tokenizer(String pre) {
        return new GgufVocabulary("gpt2", pre, tokens, types, merges, -1).tokenizer();
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-2, gpt2",
        "smollm, smollm",
        "llama-bpe, llama3",
        "qwen2, qwen2",
        "gpt-4o, o200k"
    })
    void givesTheIdsOfHuggingFace(String pre, String variant) {
        Tokenizer tokenizer = tokenizer(pre);
        Tokenizer written = TokenizerJson.parse(TokenizerJson.format(tokenizer));
        JsonNode encodings = Golden.json("encodings.json");
        JsonNode expected = encodings.get("variants").get(variant).get("ids").get("control");

        for (int i = 0; i < expected.size(); i++) {
            String text = encodings.get("texts").get(i).textValue();
            if (text.contains("<think>") || text.contains("e\u0301z")) {
                continue; // GGUF does not say that these were looked for in the normalised text
            }
            int[] ids = Golden.ids(expected.get(i));
            assertThat(tokenizer.encode(text, SpecialTokens.AS_CONTROL)).as(text).isEqualTo(ids);
            assertThat(written.encode(text, SpecialTokens.AS_CONTROL)).as(text).isEqualTo(ids);
        }
    }

    @Test
    void leavesOutBytesThatTheVocabularyLacks() {
        int bell = tokens.indexOf(String.valueOf(ByteLevel.character(7)));
        tokens.set(bell, "QQunused");

        Tokenizer tokenizer = tokenizer("gpt-2");

        assertThat(tokenizer.missingBytes()).containsExactly(7);
        assertThat(tokenizer.encode("a\u0007b")).isEqualTo(tokenizer.encode("ab"));
    }

    @Test
    void putsTheBeginningOfTextWhereTheFileSaysSo() {
        Tokenizer tokenizer =
                new GgufVocabulary("gpt2", "gpt-2", tokens, types, merges, 1).tokenizer();

        assertThat(tokenizer.frame(tokenizer.encode("a"))).startsWith(1).hasSize(2);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> tokenizer("falcon")).hasMessageContaining("falcon");
        assertThatThrownBy(
                        () ->
                                new GgufVocabulary("llama", "x", tokens, types, merges, -1)
                                        .tokenizer())
                .hasMessageContaining("GgufPieces");
        assertThatThrownBy(
                        () -> new GgufVocabulary("gpt2", "gpt-2", tokens, List.of(1), merges, -1))
                .hasMessageContaining("token_type");
        assertThatThrownBy(() -> new GgufVocabulary("gpt2", "gpt-2", tokens, types, merges, 5000))
                .hasMessageContaining("5000");
        types.set(300, 6);
        assertThatThrownBy(() -> tokenizer("gpt-2")).hasMessageContaining("token_type 6");
        types.set(300, 1);
        tokens.set(300, tokens.get(301));
        assertThatThrownBy(() -> tokenizer("gpt-2")).hasMessageContaining("twice");
        merges.add("nospace");
        assertThatThrownBy(
                        () ->
                                new GgufVocabulary(
                                                "gpt2", "gpt-2", List.of(), List.of(), merges, -1)
                                        .tokenizer())
                .hasMessageContaining("nospace");
    }
}
