package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Piece;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The golden vocabularies of SentencePiece as a GGUF file has them.
class GgufPiecesTest {
    private static final JsonNode GOLDEN = Golden.zippedJson("sentencepieces.json.gz");

    private static GgufPieces pieces(String golden, String model, int begins, int ends) {
        String file = GOLDEN.get("models").get(golden).get("file").textValue();
        SentencePieceModel original =
                (SentencePieceModel)
                        SentencePieceFile.parse(Base64.getDecoder().decode(file))
                                .definition()
                                .model();
        return new GgufPieces(
                model,
                original.pieces().stream().map(Piece::text).toList(),
                original.pieces().stream().map(Piece::score).toList(),
                original.pieces().stream().map(piece -> piece.type().ordinal() + 1).toList(),
                original.normalizer().addsBlank(),
                original.normalizer().removesExtraBlanks(),
                original.normalizer().map(),
                begins,
                ends);
    }

    @ParameterizedTest
    @CsvSource({"bpe-llama, llama", "bpe, llama", "unigram, t5", "unigram-user-defined, t5"})
    void givesTheIdsAndTextOfSentencePiece(String golden, String model) {
        Tokenizer tokenizer = pieces(golden, model, -1, -1).tokenizer();
        JsonNode expected = GOLDEN.get("models").get(golden);

        for (int i = 0; i < GOLDEN.get("texts").size(); i++) {
            int[] ids = Golden.ids(expected.get("ids").get(i));
            assertThat(tokenizer.encode(GOLDEN.get("texts").get(i).textValue())).isEqualTo(ids);
            assertThat(tokenizer.decode(ids)).isEqualTo(expected.get("decoded").get(i).textValue());
        }
    }

    @Test
    void putsAroundTextsWhatTheFileSays() {
        Tokenizer tokenizer = pieces("bpe-llama", "llama", 1, 2).tokenizer();

        assertThat(tokenizer.frame(tokenizer.encode("the"))).startsWith(1).endsWith(2);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> pieces("bpe", "bert", -1, -1).tokenizer())
                .hasMessageContaining("bert");
        assertThatThrownBy(() -> pieces("bpe", "llama", 0, -1).tokenizer())
                .hasMessageContaining("bos_token_id is 0");
        assertThatThrownBy(() -> pieces("bpe", "llama", -1, 9999).tokenizer())
                .hasMessageContaining("9999");
        assertThatThrownBy(
                        () ->
                                new GgufPieces(
                                        "llama",
                                        List.of("a"),
                                        List.of(),
                                        List.of(1),
                                        true,
                                        false,
                                        null,
                                        -1,
                                        -1))
                .hasMessageContaining("scores 0");
        assertThatThrownBy(
                        () ->
                                new GgufPieces(
                                                "llama",
                                                List.of("a"),
                                                List.of(0f),
                                                List.of(9),
                                                true,
                                                false,
                                                null,
                                                -1,
                                                -1)
                                        .tokenizer())
                .hasMessageContaining("token_type 9");
    }
}
