package dev.gyre.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.tokenizer.formats.TokenizerJson;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingDecoderTest {
    private static final Tokenizer TOKENIZER = TokenizerJson.parse(Golden.bytes("tokenizer.json"));

    @Test
    void neverCutsACharacter() {
        StreamingDecoder decoder = new StreamingDecoder(TOKENIZER, false);
        StringBuilder text = new StringBuilder();

        for (int id : TOKENIZER.encode("x🙂日é👨‍👩‍👧y")) {
            String part = decoder.add(id);
            assertThat(part).doesNotContain("\uFFFD");
            text.append(part);
        }

        assertThat(text.append(decoder.finish()).toString()).isEqualTo("x🙂日é👨‍👩‍👧y");
    }

    @Test
    void writesTornBytesAtTheEnd() {
        int[] ids = byteIds(0xF0, 0x9F, 0x99);
        StreamingDecoder decoder = new StreamingDecoder(TOKENIZER, false);

        for (int id : ids) {
            assertThat(decoder.add(id)).isEmpty();
        }

        assertThat(decoder.finish()).isEqualTo("\uFFFD").isEqualTo(TOKENIZER.decode(ids));
        assertThat(decoder.finish()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void givesWhatDecodingAtOnceGivesForAnyBytes(long seed) {
        Random random = new Random(seed);
        StreamingDecoder decoder = new StreamingDecoder(TOKENIZER, false);

        for (int round = 0; round < 200; round++) {
            int[] ids = random.ints(random.nextInt(1, 30), 0, TOKENIZER.vocabularySize()).toArray();
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append(decoder.add(id));
            }
            text.append(decoder.finish());

            assertThat(text.toString())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(TOKENIZER.decode(ids));
        }
    }

    @Test
    void leavesOutSpecialTokensOnRequest() {
        int end = TOKENIZER.addedTokenId("<|im_end|>").orElseThrow();

        assertThat(new StreamingDecoder(TOKENIZER, true).add(end)).isEmpty();
        assertThat(new StreamingDecoder(TOKENIZER, false).add(end)).isEqualTo("<|im_end|>");
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        StreamingDecoder decoder = new StreamingDecoder(TOKENIZER, false);

        assertThatThrownBy(() -> decoder.add(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> decoder.add(TOKENIZER.vocabularySize()))
                .hasMessageContaining(String.valueOf(TOKENIZER.vocabularySize()));
    }

    private static int[] byteIds(int... values) {
        int[] ids = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            for (int id = 0; id < TOKENIZER.vocabularySize(); id++) {
                byte[] bytes = TOKENIZER.tokenBytes(id);
                if (bytes.length == 1 && bytes[0] == (byte) values[i]) {
                    ids[i] = id;
                }
            }
        }
        return ids;
    }
}
