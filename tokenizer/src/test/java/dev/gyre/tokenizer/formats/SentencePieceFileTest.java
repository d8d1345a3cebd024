package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.StreamingDecoder;
import dev.gyre.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Small models of SentencePiece's own trainer, against what SentencePiece makes of nasty texts.
class SentencePieceFileTest {
    private static final JsonNode GOLDEN = Golden.zippedJson("sentencepieces.json.gz");

    static Stream<String> models() {
        List<String> names = new ArrayList<>();
        GOLDEN.get("models").fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    private static byte[] file(String model) {
        return Base64.getDecoder().decode(GOLDEN.get("models").get(model).get("file").textValue());
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheIdsAndTextOfSentencePiece(String model) {
        JsonNode expected = GOLDEN.get("models").get(model);
        Tokenizer tokenizer = SentencePieceFile.parse(file(model));
        Tokenizer again = SentencePieceFile.parse(SentencePieceFile.format(tokenizer));
        JsonNode texts = GOLDEN.get("texts");

        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).textValue();
            int[] ids = Golden.ids(expected.get("ids").get(i));
            assertThat(tokenizer.encode(text)).as("%d: %s", i, text).isEqualTo(ids);
            assertThat(again.encode(text)).isEqualTo(ids);
            assertThat(tokenizer.encodeWithOffsets(text, SpecialTokens.AS_TEXT).ids())
                    .isEqualTo(ids);
            assertThat(tokenizer.decode(ids)).isEqualTo(expected.get("decoded").get(i).textValue());
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void decodesAnyIdsAsSentencePieceAndInParts(String model) {
        JsonNode expected = GOLDEN.get("models").get(model);
        Tokenizer tokenizer = SentencePieceFile.parse(file(model));

        for (int i = 0; i < expected.get("drawn").size(); i++) {
            StreamingDecoder decoder = new StreamingDecoder(tokenizer, false);
            StringBuilder text = new StringBuilder();
            for (int id : Golden.ids(expected.get("drawn").get(i))) {
                text.append(decoder.add(id));
            }
            text.append(decoder.finish());
            assertThat(text.toString()).isEqualTo(expected.get("drawn_text").get(i).textValue());
        }
    }

    @Test
    void readsAControlPieceOnlyWhereItIsAllowed() {
        Tokenizer tokenizer = SentencePieceFile.parse(file("unigram"));

        assertThat(tokenizer.encode("a</s>")).doesNotContain(2);
        assertThat(tokenizer.encode("a</s>", SpecialTokens.AS_CONTROL)).endsWith(2);
        assertThat(tokenizer.specialTokens()).containsKeys("<s>", "</s>");
    }

    @Test
    void refusesDamagedFiles() {
        byte[] whole = file("unigram");
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = Arrays.copyOf(whole, whole.length);
            if (i % 2 == 0) {
                damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
            } else {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            byte[] file = damaged;
            // a changed bit may leave a valid file; whatever is refused is refused with reasons
            try {
                SentencePieceFile.parse(file).encode("the cat sat");
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageMatching("(?s).{10,}");
            }
        }
        assertThatThrownBy(() -> SentencePieceFile.parse(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 pieces");
        assertThatThrownBy(() -> SentencePieceFile.parse(new byte[] {10, 100, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void refusesToWriteWhatIsNotSentencePieces() {
        Tokenizer tokenizer = TokenizerJson.parse(Golden.bytes("tokenizer.json"));

        assertThatThrownBy(() -> SentencePieceFile.format(tokenizer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write tokenizer.json");
    }
}
