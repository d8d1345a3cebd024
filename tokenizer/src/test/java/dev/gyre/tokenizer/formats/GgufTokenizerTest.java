package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// GGUF files that llama.cpp's own package wrote, with ids of tokenizers and SentencePiece.
class GgufTokenizerTest {
    private static final String TEMPLATE =
            "{% for m in messages %}{{ bos_token }}{{ m.content }}{{ eos_token }}{% endfor %}";

    @TempDir Path folder;

    private static GgufMetadata metadata(String golden) {
        return GgufFront.parse(Golden.bytes(golden)).metadata();
    }

    @Test
    void givesTheIdsOfHuggingFace() {
        Tokenizer tokenizer = GgufTokenizer.tokenizer(metadata("byte-level.gguf"));
        JsonNode encodings = Golden.json("encodings.json");
        JsonNode expected = encodings.at("/variants/smollm/ids/control");

        int compared = 0;
        for (int i = 0; i < expected.size(); i++) {
            String text = encodings.get("texts").get(i).textValue();
            if (text.contains("<think>") || text.contains("e\u0301z")) {
                continue; // GGUF does not say that these were looked for in the normalised text
            }
            assertThat(tokenizer.encode(text, SpecialTokens.AS_CONTROL))
                    .as(text)
                    .isEqualTo(Golden.ids(expected.get(i)));
            compared++;
        }
        assertThat(compared).isGreaterThan(150);
    }

    @Test
    void givesTheIdsOfSentencePiece() {
        Tokenizer tokenizer = GgufTokenizer.tokenizer(metadata("pieces.gguf"));
        JsonNode golden = Golden.zippedJson("sentencepieces.json.gz");
        JsonNode expected = golden.at("/models/bpe-llama/ids");

        for (int i = 0; i < golden.get("texts").size(); i++) {
            String text = golden.get("texts").get(i).textValue();
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(Golden.ids(expected.get(i)));
        }
        // llama.cpp puts it there where a file of this kind does not say otherwise
        assertThat(tokenizer.frame(new int[] {7})).containsExactly(1, 7);
    }

    @Test
    void givesTemplateAndSpecialTokens() {
        assertThat(GgufTokenizer.config(metadata("byte-level.gguf")))
                .isEqualTo(
                        new TokenizerConfig(
                                "<|im_start|>", "<|im_end|>", null, "<|endoftext|>", TEMPLATE));
        assertThat(GgufTokenizer.config(metadata("pieces.gguf")))
                .isEqualTo(
                        new TokenizerConfig("<s>", "</s>", null, "<unk>", TEMPLATE, true, false));
    }

    /// A .model cannot say what is put around texts; the configuration beside it does.
    @Test
    void isStoredWithWhatItPutsAroundTexts() {
        Tokenizer tokenizer = GgufTokenizer.tokenizer(metadata("pieces.gguf"));
        byte[] model = TokenizerFolder.content(tokenizer).bytes();
        byte[] config = GgufTokenizer.config(metadata("pieces.gguf")).format();
        TokenizerConfig both = new TokenizerConfig("<s>", "</s>", null, null, null, true, true);

        assertThat(
                        SentencePieceFile.parse(model, TokenizerConfig.parse(config))
                                .frame(new int[] {7}))
                .isEqualTo(tokenizer.frame(new int[] {7}))
                .containsExactly(1, 7);
        assertThat(
                        SentencePieceFile.parse(model, TokenizerConfig.parse(both.format()))
                                .frame(new int[] {7}))
                .containsExactly(1, 7, 2);
        assertThat(SentencePieceFile.parse(model).frame(new int[] {7})).containsExactly(7);
        for (String none : List.of("<none>", "<unk>", "the")) {
            TokenizerConfig wrong = new TokenizerConfig(none, null, null, null, null, true, false);
            assertThatThrownBy(() -> SentencePieceFile.parse(model, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("add_bos_token")
                    .hasMessageContaining("\"%s\" is no control token", none);
        }
    }

    @Test
    void isTheSameInAModelsFolder() {
        Tokenizer tokenizer = GgufTokenizer.tokenizer(metadata("pieces.gguf"));
        TokenizerFolder.save(tokenizer, folder);
        GgufTokenizer.config(metadata("pieces.gguf"))
                .save(folder.resolve("tokenizer_config.json"), 512);

        assertThat(TokenizerFolder.load(folder).definition())
                .usingRecursiveComparison()
                .isEqualTo(tokenizer.definition());
        assertThat(TokenizerConfig.load(folder))
                .isEqualTo(GgufTokenizer.config(metadata("pieces.gguf")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level.gguf", "pieces.gguf"})
    void cutsTheFrontOffTheTensors(String golden) throws IOException {
        byte[] whole = Golden.bytes(golden);
        byte[] front = GgufFront.cut(Files.write(folder.resolve("model.gguf"), whole));

        assertThat(front).hasSizeLessThan(whole.length - 256).isEqualTo(start(whole, front.length));
        assertThat(GgufFront.parse(front).tensors()).isEqualTo(1);
        assertThat(GgufFront.load(folder.resolve("model.gguf")).metadata().keys())
                .isEqualTo(GgufFront.parse(front).metadata().keys());
        assertThat(GgufFront.parse(front).end()).isEqualTo(front.length);
        assertThat(GgufTokenizer.tokenizer(GgufFront.parse(front).metadata()).definition())
                .usingRecursiveComparison()
                .isEqualTo(GgufTokenizer.tokenizer(metadata(golden)).definition());
        assertThatThrownBy(() -> GgufFront.parse(start(front, front.length - 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "the file ends at byte %d, inside its header", front.length - 1);
    }

    private static byte[] start(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    @ParameterizedTest
    @CsvSource({
        "'', it does not begin with GGUF",
        "GGU, it does not begin with GGUF",
        "{\"version\":\"1.0\"}, it does not begin with GGUF",
        "GGUF, 'the file ends at byte 4, inside its header'"
    })
    void saysWhatIsNoGguf(String content, String reason) throws IOException {
        Path file = Files.writeString(folder.resolve("no.gguf"), content);

        assertThatThrownBy(() -> GgufFront.cut(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
        assertThatThrownBy(() -> GgufFront.load(file)).hasMessage(file + ": " + reason);
    }

    @Test
    void namesTheKeyThatIsWrong() {
        assertRefused("the metadata has no tokenizer.ggml.model", "model", null);
        assertRefused("the metadata has no tokenizer.ggml.tokens", "tokens", null);
        assertRefused("tokenizer.ggml.model rwkv", "model", "rwkv");
        assertRefused("tokenizer.ggml.pre must be a string, it is a Long", "pre", 1L);
        assertRefused("tokenizer.ggml.pre deepseek-llm is not", "pre", "deepseek-llm");
        assertRefused("token_type is 4294967296", "token_type", new long[] {1, 3, 1L << 32});
        assertRefused("bos_token_id is 4294967296", "bos_token_id", 1L << 32);
        assertRefused("add_eos_token is true", "add_eos_token", true);
        assertRefused("0 characters", "tokens", List.of("a", "<s>", ""));
        assertRefused("<s>", "tokens", List.of("a", "<s>", "<s>"));
    }

    /// A small vocabulary with another value for one of its keys.
    private static void assertRefused(String reason, String key, @Nullable Object value) {
        Map<String, Object> values = new HashMap<>();
        values.put("tokenizer.ggml.model", "gpt2");
        values.put("tokenizer.ggml.pre", "gpt-2");
        values.put("tokenizer.ggml.tokens", List.of("a", "<s>", "</s>"));
        values.put("tokenizer.ggml.token_type", new long[] {1, 3, 3});
        values.put("tokenizer.ggml.merges", List.of());
        values.put("tokenizer.ggml.bos_token_id", 1L);
        values.put("tokenizer.ggml.add_bos_token", true);
        values.put("tokenizer.ggml.eos_token_id", 2L);
        assertThat(GgufTokenizer.tokenizer(new GgufMetadata(values)).encode("a"))
                .containsExactly(0);
        values.remove("tokenizer.ggml." + key);
        if (value != null) {
            values.put("tokenizer.ggml." + key, value);
        }

        assertThatThrownBy(() -> GgufTokenizer.tokenizer(new GgufMetadata(values)))
                .as(key)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    /// What is taken must be good to be stored: its own file reads back.
    @ParameterizedTest
    @CsvSource({"byte-level.gguf, 1", "byte-level.gguf, 2", "pieces.gguf, 1", "pieces.gguf, 2"})
    void brokenFrontsAreRefusedOrReadButNeverCrash(String golden, long seed) {
        byte[] whole = Golden.bytes(golden);
        int end = (int) GgufFront.parse(whole).end();
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 300; round++) {
            byte[] broken = start(whole, end);
            for (int flip = 0; flip <= random.nextInt(3); flip++) {
                broken[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
            }
            Tokenizer tokenizer;
            try {
                GgufMetadata metadata = GgufFront.parse(broken).metadata();
                tokenizer = GgufTokenizer.tokenizer(metadata);
                GgufTokenizer.config(metadata);
            } catch (IllegalArgumentException expected) {
                refused++;
                continue;
            }
            TokenizerFolder.Content content = TokenizerFolder.content(tokenizer);
            Tokenizer again =
                    content.name().equals(TokenizerFolder.SENTENCEPIECE)
                            ? SentencePieceFile.parse(content.bytes())
                            : TokenizerJson.parse(content.bytes());
            assertThat(again.encode("The dog's Zoë 🐻"))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(tokenizer.encode("The dog's Zoë 🐻"));
        }
        assertThat(refused).as("seed " + seed).isBetween(30, 299);
    }
}
