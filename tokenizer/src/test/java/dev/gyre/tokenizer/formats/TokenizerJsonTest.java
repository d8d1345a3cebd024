package dev.gyre.tokenizer.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerJsonTest {
    private static Tokenizer parse(JsonNode file) {
        return TokenizerJson.parse(file.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode file() {
        return (ObjectNode) Golden.json("tokenizer.json");
    }

    @Test
    void writesWhatItReads() {
        Tokenizer tokenizer = parse(file());

        byte[] written = TokenizerJson.format(tokenizer);

        assertThat(TokenizerJson.format(TokenizerJson.parse(written))).isEqualTo(written);
        assertThat(TokenizerJson.parse(written).definition()).isEqualTo(tokenizer.definition());
    }

    @Test
    void savesAndLoadsAFile(@TempDir Path folder) {
        Path path = folder.resolve("tokenizer.json");

        TokenizerJson.save(parse(file()), path);

        assertThat(TokenizerJson.load(path).vocabularySize()).isEqualTo(763);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            textBlock =
                    """
                    /truncation              ¦ {"max_length": 0}                    ¦ truncation
                    /padding                 ¦ {"strategy": "Shortest"}             ¦ padding.strategy
                    /surprise                ¦ 1                                    ¦ surprise
                    /version                 ¦ "2.0"                                ¦ version
                    /normalizer              ¦ {"type": "Shout"}                    ¦ Shout
                    /normalizer              ¦ {"type": "Precompiled", "precompiled_charsmap": "!"} ¦ base64
                    /normalizer              ¦ {"type": "Precompiled", "precompiled_charsmap": "AAAA"} ¦ character map
                    /normalizer              ¦ {"type": "Replace", "pattern": {"Regex": "(a+)+?b"}, "content": ""} ¦ (a+)+?b
                    /pre_tokenizer           ¦ {"type": "UnicodeScripts"}           ¦ UnicodeScripts
                    /pre_tokenizer           ¦ {"type": "Split", "pattern": {"Regex": "a|b*"}, "behavior": "Isolated"} ¦ may match nothing
                    /pre_tokenizer           ¦ {"type": "Metaspace", "replacement": "__"} ¦ replacement
                    /decoder                 ¦ {"type": "CTC"}                      ¦ CTC
                    /decoder                 ¦ {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteFallback"}]} ¦ Fuse
                    /post_processor          ¦ {"type": "BertProcessing"}           ¦ sep
                    /post_processor          ¦ {"type": "BertProcessing", "sep": ["x", 5000], "cls": ["y", 1]} ¦ 5000
                    /model/type              ¦ "WordLevel"                          ¦ WordLevel
                    /model/type              ¦ "Unigram"                            ¦ is not supported
                    /model/dropout           ¦ 0.1                                  ¦ dropout
                    /model/end_of_word_suffix ¦ "</w>"                              ¦ end_of_word_suffix
                    /model/surprise          ¦ 1                                    ¦ model.surprise
                    /model/vocab             ¦ 7                                    ¦ model.vocab
                    /model/merges            ¦ null                                 ¦ model.merges
                    /model/merges            ¦ ["abc"]                              ¦ merges[0]
                    /model/merges            ¦ ["a b c"]                            ¦ merges[0]
                    /model/merges            ¦ [["a"]]                              ¦ merges[0]
                    /model/merges            ¦ ["a QQ"]                             ¦ QQ
                    /model/unk_token         ¦ "QQQ"                                ¦ QQQ
                    /added_tokens            ¦ [{"id": 0, "content": "x"}]          ¦ endoftext
                    /added_tokens            ¦ [{"id": -1, "content": "x"}]         ¦ -1
                    /added_tokens            ¦ [{"id": 900, "content": ""}]         ¦ 0 characters
                    /added_tokens            ¦ [{"id": 900, "content": "xx", "lstrip": 1}] ¦ lstrip
                    /added_tokens            ¦ [{"id": 900, "content": "xx"}, {"id": 901, "content": "xx"}] ¦ twice
                    /added_tokens            ¦ [{"id": 99999999, "content": "xx"}]  ¦ 99999999
                    /added_tokens            ¦ [{"id": "x", "content": "xx"}]       ¦ added_tokens[0].id
                    """)
    void refusesByName(String pointer, String value, String name) throws Exception {
        ObjectNode file = file();
        int slash = pointer.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) file.at(pointer.substring(0, slash));
        parent.set(pointer.substring(slash + 1), Golden.JSON.readTree(value));

        assertThatThrownBy(() -> parse(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void refusesDamagedVocabularies() {
        assertRefused(file -> vocab(file).put("Q1Q", 0), "share the id 0");
        assertRefused(file -> vocab(file).put("Q1Q", -3), "-3");
        assertRefused(file -> vocab(file).put("Q1Q", 1 << 30), "1073741824");
        assertRefused(file -> vocab(file).put("Q1Q", 1.5), "an integer");
        assertRefused(file -> vocab(file).put("Q1Q", 1L << 40), "an integer");
    }

    @Test
    void refusesMergesThatWouldMakeAControlToken() {
        assertRefused(
                file -> {
                    vocab(file).put("<|", 9000).put("x|>", 9001).put("<|x|>", 9002);
                    ((ArrayNode) file.at("/model/merges")).add("<| x|>");
                    ((ArrayNode) file.get("added_tokens"))
                            .addObject()
                            .put("id", 9002)
                            .put("content", "<|x|>")
                            .put("special", true);
                },
                "<|x|>");
    }

    @Test
    void refusesWhatIsNoJson() {
        assertThatThrownBy(() -> TokenizerJson.parse(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TokenizerJson.parse("{\"a\":1}{".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("JSON");
        assertThatThrownBy(
                        () ->
                                TokenizerJson.parse(
                                        "{\"model\":{},\"model\":{}}"
                                                .getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("model");
        assertThatThrownBy(
                        () ->
                                TokenizerJson.parse(
                                        "[".repeat(100_000).getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("nesting depth");
    }

    @Test
    void refusesTruncatedFilesWhereverTheyAreCut() {
        byte[] whole = Golden.bytes("tokenizer.json");
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            byte[] part = Arrays.copyOf(whole, random.nextInt(whole.length));
            assertThatThrownBy(() -> TokenizerJson.parse(part))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesFilesOverTheLimitBeforeReadingThem(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("tokenizer.json");
        try (var channel =
                java.nio.channels.FileChannel.open(
                        path,
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(
                    java.nio.ByteBuffer.wrap(new byte[] {'{'}), TokenizerJson.MAX_FILE_BYTES + 1);
        }
        assertThat(Files.size(path)).isGreaterThan(TokenizerJson.MAX_FILE_BYTES);

        assertThatThrownBy(() -> TokenizerJson.load(path))
                .hasMessageContaining("limit")
                .hasMessageContaining("tokenizer.json");
    }

    @Test
    void putsTheTokensOfTheTemplateAroundAText() throws Exception {
        ObjectNode file = file();
        file.set(
                "post_processor",
                Golden.JSON.readTree(
                        """
                        {"type": "Sequence", "processors": [
                          {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
                          {"type": "TemplateProcessing",
                           "single": [{"SpecialToken": {"id": "<|im_start|>", "type_id": 0}},
                                      {"Sequence": {"id": "A", "type_id": 0}},
                                      {"SpecialToken": {"id": "<|im_end|>", "type_id": 0}}],
                           "pair": [],
                           "special_tokens": {
                             "<|im_start|>": {"id": "<|im_start|>", "ids": [1], "tokens": ["<|im_start|>"]},
                             "<|im_end|>": {"id": "<|im_end|>", "ids": [2], "tokens": ["<|im_end|>"]}}}]}
                        """));

        Tokenizer tokenizer = parse(file);
        Tokenizer again = TokenizerJson.parse(TokenizerJson.format(tokenizer));

        assertThat(tokenizer.frame(new int[] {7})).containsExactly(1, 7, 2);
        assertThat(again.frame(new int[] {7})).containsExactly(1, 7, 2);
    }

    @Test
    void leavesTheOrderOfUnlistedPairsAlone() {
        // "ab" is a token, but no merge makes it: two tokens come out, as in Hugging Face.
        ObjectNode file = file();
        vocab(file).put("zq", 9000);

        assertThat(parse(file).encode("zq")).hasSize(2);

        ((ObjectNode) file.get("model")).put("ignore_merges", true);
        assertThat(parse(file).encode("zq")).containsExactly(9000);
    }

    private static ObjectNode vocab(ObjectNode file) {
        return (ObjectNode) file.at("/model/vocab");
    }

    private static void assertRefused(Consumer<ObjectNode> change, String message) {
        ObjectNode file = file();
        change.accept(file);
        assertThatThrownBy(() -> parse(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(List.of(message).toArray(CharSequence[]::new));
    }
}
