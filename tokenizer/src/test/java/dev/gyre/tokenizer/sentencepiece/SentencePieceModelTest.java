package dev.gyre.tokenizer.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Encoding;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.SentencePieceFile;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Algorithm;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Piece;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel.Type;
import dev.gyre.tokenizer.text.PrefixSet;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models whose pieces got types and scores by chance, against SentencePiece.
class SentencePieceModelTest {
    private static final JsonNode GOLDEN = Golden.zippedJson("piece_types.json.gz");

    static IntStream models() {
        return IntStream.range(0, GOLDEN.get("models").size());
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheIdsSpansAndTextOfSentencePiece(int model) {
        JsonNode expected = GOLDEN.get("models").get(model);
        Tokenizer tokenizer =
                SentencePieceFile.parse(
                        Base64.getDecoder().decode(expected.get("file").textValue()));

        for (int i = 0; i < GOLDEN.get("texts").size(); i++) {
            String text = GOLDEN.get("texts").get(i).textValue();
            int[] ids = Golden.ids(expected.get("ids").get(i));
            Encoding encoding = tokenizer.encodeWithOffsets(text, SpecialTokens.AS_TEXT);
            assertThat(tokenizer.encode(text)).as("%d: %s", i, text).isEqualTo(ids);
            assertThat(tokenizer.encode(text)).as("%d from the cache", i).isEqualTo(ids);
            assertThat(encoding.ids()).isEqualTo(ids);
            assertThat(encoding.starts(Encoding.Unit.BYTES))
                    .as("starts in %d: %s", i, text)
                    .isEqualTo(Golden.ids(expected.get("starts").get(i)));
            assertThat(encoding.ends(Encoding.Unit.BYTES))
                    .as("ends in %d: %s", i, text)
                    .isEqualTo(Golden.ids(expected.get("ends").get(i)));
            assertThat(tokenizer.decode(ids)).isEqualTo(expected.get("decoded").get(i).textValue());
        }
    }

    private static SentencePieceModel model(boolean byteFallback, Piece... pieces) {
        return new SentencePieceModel(
                Algorithm.UNIGRAM,
                List.of(pieces),
                byteFallback,
                "?",
                new Normalizer.SentencePiece(
                        "identity", null, true, false, true, true, PrefixSet.of(List.of())));
    }

    /// Where two ways have sums so near that rounding decides, it depends on what stands before.
    @Test
    void setsLongSumsBackAndRoundsThemWhereSentencePieceDoes() {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new Piece("<unk>", 0, Type.UNKNOWN));
        pieces.add(new Piece("\u2581", -3.3f, Type.NORMAL));
        pieces.add(new Piece("a", -1.1f, Type.NORMAL));
        pieces.add(new Piece("b", -1.3f, Type.NORMAL));
        pieces.add(new Piece("ab", -2.4001f, Type.NORMAL));
        Tokenizer tokenizer =
                new Tokenizer(model(false, pieces.toArray(Piece[]::new)).definition());

        int[] ids = tokenizer.encode("ab ".repeat(40_000));

        // where the whole is one ab, the sum has been rounded so that both ways are equal
        assertThat(ids).hasSizeBetween(80_000, 120_000);
        assertThat(ids).isEqualTo(slowly(40_000));
    }

    /// The same words by SentencePiece's rules, in the words of its EncodeOptimized.
    private static int[] slowly(int words) {
        List<Integer> ids = new ArrayList<>();
        float sum = 0;
        for (int i = 0; i < words; i++) {
            float atBlank = sum < -100_000 ? 0 : sum;
            float afterBlank = -3.3f + atBlank;
            float reset = afterBlank < -100_000 ? afterBlank : 0;
            float beforeA = afterBlank - reset;
            float afterA = -1.1f + beforeA;
            float whole = -2.4001f + beforeA;
            if (afterA < -100_000) {
                whole -= afterA;
                afterA = 0;
            }
            float parts = -1.3f + afterA;
            ids.add(1);
            if (parts > whole) {
                ids.addAll(List.of(2, 3));
                sum = parts;
            } else {
                ids.add(4);
                sum = whole;
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void staysNearlyLinearOnAMillionEqualCharacters() {
        for (int i = 0; i < 4; i++) {
            Tokenizer tokenizer =
                    SentencePieceFile.parse(
                            Base64.getDecoder()
                                    .decode(GOLDEN.get("models").get(i).get("file").textValue()));
            assertThat(tokenizer.encode("a".repeat(1_000_000))).isNotEmpty();
        }
    }

    @Test
    void refusesWhatIsNoVocabulary() {
        Piece unknown = new Piece("<unk>", 0, Type.UNKNOWN);
        assertThatThrownBy(() -> model(false)).hasMessageContaining("0 pieces");
        assertThatThrownBy(() -> model(false, unknown, new Piece("<u>", 0, Type.UNKNOWN)))
                .hasMessageContaining("2 unknown");
        assertThatThrownBy(() -> model(false, unknown, new Piece("a", Float.NaN, Type.NORMAL)))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> model(false, unknown, unknown)).hasMessageContaining("twice");
        assertThatThrownBy(() -> model(false, unknown, new Piece("<0x00>", 0, Type.BYTE)))
                .hasMessageContaining("1 byte pieces");
        assertThatThrownBy(() -> model(true, unknown)).hasMessageContaining("all 256");
    }
}
