package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.SplitPattern;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabulariesTest {
    private static final JsonNode GOLDEN = Golden.json("tiktoken.json");

    @ParameterizedTest
    @ValueSource(strings = {"r50k_base", "p50k_base", "cl100k_base", "o200k_base"})
    void givesTheIdsOfTiktoken(String name) {
        Tokenizer tokenizer = Vocabularies.load(name);
        JsonNode texts = GOLDEN.get("texts");
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).textValue();

            assertSame(
                    tokenizer.encode(text, SpecialTokens.AS_TEXT),
                    GOLDEN.get("ids").get(name).get("text").get(i),
                    text);
            assertSame(
                    tokenizer.encode(text, SpecialTokens.AS_CONTROL),
                    GOLDEN.get("ids").get(name).get("control").get(i),
                    text);
        }
    }

    private static void assertSame(int[] ids, JsonNode expected, String text) {
        ByteBuffer bytes = ByteBuffer.allocate(ids.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int id : ids) {
            bytes.putInt(id);
        }
        CRC32 checksum = new CRC32();
        checksum.update(bytes.array());
        assertThat(ids.length).as(text).isEqualTo(expected.get(0).intValue());
        assertThat(checksum.getValue()).as(text).isEqualTo(expected.get(1).longValue());
    }

    @Test
    void hasTheNamesAndSizesOfTiktoken() {
        assertThat(Vocabularies.names())
                .containsExactly("gpt2", "r50k_base", "p50k_base", "cl100k_base", "o200k_base");
        assertThat(Vocabularies.load("gpt2").vocabularySize()).isEqualTo(50257);
        assertThat(Vocabularies.load("cl100k_base").specialTokens())
                .containsEntry("<|endofprompt|>", 100276)
                .hasSize(5);
        assertThatThrownBy(() -> Vocabularies.load("gpt5"))
                .hasMessageContaining("gpt5")
                .hasMessageContaining("cl100k_base");
    }

    @Test
    void writesTheRanksThatItRead() {
        Tokenizer tokenizer = Vocabularies.load("r50k_base");
        byte[] ranks = TiktokenFile.format(tokenizer);

        Tokenizer again =
                TiktokenFile.parse(ranks, SplitPattern.GPT2, Map.of("<|endoftext|>", 50256));

        assertThat(ranks).startsWith("IQ== 0\nIg== 1\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(again.encode("Hello world")).containsExactly(15496, 995);
        assertThat(again.definition().model()).isEqualTo(tokenizer.definition().model());
    }

    /// The four are kept as bytes and numbers; told token by token, the model is the same.
    @ParameterizedTest
    @ValueSource(strings = {"p50k_base", "cl100k_base"})
    void isTheModelThatItsMergesTell(String name) {
        Tokenizer tokenizer = Vocabularies.load(name);
        BpeModel model = (BpeModel) tokenizer.definition().model();
        BpeModel listed = new BpeModel(model.vocabulary(), model.merges(), null, model.options());
        Tokenizer again = new Tokenizer(withModel(tokenizer.definition(), listed));

        assertThat(listed).isEqualTo(model);
        for (JsonNode text : GOLDEN.get("texts")) {
            assertThat(again.encode(text.textValue()))
                    .isEqualTo(tokenizer.encode(text.textValue()));
        }
        for (int id = 0; id < model.tokensById().size(); id++) {
            if (model.tokensById().spelled(id) != null) {
                assertThat(again.token(id)).isEqualTo(tokenizer.token(id));
                assertThat(again.tokenBytes(id)).isEqualTo(tokenizer.tokenBytes(id));
                assertThat(model.tokensById().idOf(again.token(id))).isEqualTo(id);
            }
        }
    }

    private static TokenizerDefinition withModel(TokenizerDefinition definition, BpeModel model) {
        return new TokenizerDefinition(
                definition.normalizer(),
                definition.preTokenizer(),
                model,
                definition.addedTokens(),
                definition.postProcessor(),
                definition.decoder());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x%| 256|base64",
                "YWI=|rank",
                "YWI= 25x|number",
                "YWI= 9999999|limit",
                "YWI= 0|twice",
                "IQ== 256|same token",
                "YWI= 300|rank 256",
                " 256|empty"
            })
    void refusesDamagedFiles(String damage) {
        String[] parts = damage.split("\\|(?=[^|]*$)");
        String line = parts[0].replace("|", "");

        assertThatThrownBy(() -> parse(everyByte() + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(parts[1]);
    }

    @Test
    void refusesFilesThatLackAByte() {
        assertThatThrownBy(() -> parse("IQ== 0\n")).hasMessageContaining("0x00");
    }

    @Test
    void refusesVocabulariesThatWouldTakeTooLongToSearch() {
        StringBuilder file = new StringBuilder(everyByte());
        for (int i = 0; i < 9_000; i++) {
            String token = "the same beginning " + i;
            file.append(
                            Base64.getEncoder()
                                    .encodeToString(token.getBytes(StandardCharsets.US_ASCII)))
                    .append(' ')
                    .append(256 + i)
                    .append('\n');
        }
        int manyLines = file.indexOf(" " + (256 + 5_000) + "\n") + 6;

        assertThat(parse(file.substring(0, manyLines)).vocabularySize()).isEqualTo(5_257);
        assertThatThrownBy(() -> parse(file.toString())).hasMessageContaining("8192 tokens");
    }

    private static Tokenizer parse(String file) {
        return TiktokenFile.parse(
                file.getBytes(StandardCharsets.US_ASCII), SplitPattern.GPT2, Map.of());
    }

    private static String everyByte() {
        StringBuilder lines = new StringBuilder();
        for (int value = 0; value < 256; value++) {
            byte[] token = {(byte) (value < 33 ? value + 33 : value < 66 ? value - 33 : value)};
            lines.append(java.util.Base64.getEncoder().encodeToString(token))
                    .append(' ')
                    .append(value)
                    .append('\n');
        }
        return lines.toString();
    }
}
