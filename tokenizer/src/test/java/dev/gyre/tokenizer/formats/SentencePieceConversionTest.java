package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.Tokenizer;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Models of SentencePiece's own trainer, written as tokenizer.json and read again, against what
/// SentencePiece makes of nasty texts.
class SentencePieceConversionTest {
    private static final JsonNode GOLDEN = Golden.zippedJson("sentencepieces.json.gz");

    private static Tokenizer model(String name) {
        String file = GOLDEN.get("models").get(name).get("file").textValue();
        return SentencePieceFile.parse(Base64.getDecoder().decode(file));
    }

    /// A map is applied otherwise by Hugging Face to a few texts; their number is known.
    @ParameterizedTest
    @CsvSource({
        "unigram, 8",
        "unigram-bytes, 0",
        "unigram-user-defined, 0",
        "unigram-identity, 0",
        "unigram-without-prefix, 0",
        "bpe, 0",
        "bpe-llama, 0",
        "bpe-across-words, 0"
    })
    void givesTheIdsAndTextOfSentencePiece(String name, int normalizedOtherwise) {
        JsonNode expected = GOLDEN.get("models").get(name);
        Tokenizer original = model(name);
        Tokenizer converted = TokenizerJson.parse(TokenizerJson.format(original));
        JsonNode texts = GOLDEN.get("texts");
        int otherwise = 0;

        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).textValue();
            // one is always found in a vocabulary of tokenizer.json, the other dropped when decoded
            if (hasUserDefined(name, text)
                    || text.contains("<unk>")
                    || text.matches("▁.*|\\s+▁.*")) {
                continue;
            }
            String normal = original.definition().normalizer().apply(text);
            if (!converted.definition().normalizer().apply(text).equals(normal)) {
                otherwise++;
                continue;
            }
            int[] ids = Golden.ids(expected.get("ids").get(i));
            assertThat(converted.encode(text)).as("%d: %s", i, text).isEqualTo(ids);
            assertThat(converted.decode(ids)).isEqualTo(expected.get("decoded").get(i).textValue());
        }

        assertThat(otherwise).isEqualTo(normalizedOtherwise);
        assertThat(converted.specialTokens()).isEqualTo(original.specialTokens());
        assertThat(converted.vocabularySize()).isEqualTo(original.vocabularySize());
    }

    /// The blank before a text comes also behind these, as transformers' conversion has it.
    private static boolean hasUserDefined(String name, String text) {
        return name.contains("user-defined") && text.matches("(?s).*(<sep>|the|é).*");
    }

    @Test
    void refusesWhatTokenizerJsonCannotSay() {
        assertThatThrownBy(() -> TokenizerJson.format(model("bpe-user-defined")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("user-defined piece \"▁▁\"")
                .hasMessageContaining("write a .model file");
    }

    @Test
    void refusesAlgorithmsThatItDoesNotHave() {
        JsonNode models = Golden.zippedJson("piece_types.json.gz").get("models");
        int refused = 0;
        for (JsonNode golden : models) {
            Tokenizer tokenizer =
                    SentencePieceFile.parse(
                            Base64.getDecoder().decode(golden.get("file").textValue()));
            try {
                TokenizerJson.parse(TokenizerJson.format(tokenizer));
            } catch (IllegalArgumentException e) {
                refused++;
                assertThat(e).hasMessageStartingWith("tokenizer.json cannot hold");
            }
        }
        assertThat(refused).isGreaterThan(models.size() / 2);
    }
}
