package dev.gyre.tokenization;

import static dev.gyre.proto.tokenizer.v1.TokenizerAlgorithm.TOKENIZER_ALGORITHM_BYTE_LEVEL_BPE;
import static dev.gyre.proto.tokenizer.v1.TokenizerAlgorithm.TOKENIZER_ALGORITHM_CHARACTER_BPE;
import static dev.gyre.proto.tokenizer.v1.TokenizerAlgorithm.TOKENIZER_ALGORITHM_UNIGRAM;
import static dev.gyre.proto.tokenizer.v1.TokenizerAlgorithm.TOKENIZER_ALGORITHM_WORDPIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gyre.access.Role;
import dev.gyre.proto.tokenizer.v1.CountRequest;
import dev.gyre.proto.tokenizer.v1.CountResponse;
import dev.gyre.proto.tokenizer.v1.EncodeBatchRequest;
import dev.gyre.proto.tokenizer.v1.EncodeRequest;
import dev.gyre.proto.tokenizer.v1.EncodeStreamRequest;
import dev.gyre.proto.tokenizer.v1.EncodeStreamResponse;
import dev.gyre.proto.tokenizer.v1.EncodedText;
import dev.gyre.proto.tokenizer.v1.ExportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.GetTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.GetTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ImportSettings;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerRequest;
import dev.gyre.proto.tokenizer.v1.ImportTokenizerResponse;
import dev.gyre.proto.tokenizer.v1.ListTokenizersRequest;
import dev.gyre.proto.tokenizer.v1.SpecialToken;
import dev.gyre.proto.tokenizer.v1.TextRange;
import dev.gyre.proto.tokenizer.v1.TokenizerAlgorithm;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc.TokenizerServiceStub;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.SentencePieceFile;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.formats.Vocabularies;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every kind of tokenizer, built in, trained, brought in and brought out, over the real port.
@QuarkusTest
@QuarkusTestResource(TestService.class)
class TokenizerKindsTest extends ServiceTest {
    private static final String TEXT =
            "The cat sat on the mat, and the other cats sat there.\n".repeat(30);

    @Test
    void hasBuiltInTokenizers() {
        assertThat(
                        stub().listTokenizers(ListTokenizersRequest.getDefaultInstance())
                                .getTokenizersList())
                .filteredOn(tokenizer -> tokenizer.getVersion().equals("built-in"))
                .extracting(tokenizer -> tokenizer.getName() + " " + tokenizer.getVocabularySize())
                .containsExactly(
                        "cl100k_base 100277",
                        "gpt2 50257",
                        "o200k_base 200019",
                        "p50k_base 50281",
                        "r50k_base 50257");
        assertThat(encode("cl100k_base", "Hello world")).containsExactly(9906, 1917);
        assertThat(encode("gpt2@built-in", "Hello world")).containsExactly(15496, 995);
        assertThatThrownBy(() -> train("gpt2", TrainSettings.newBuilder(), TEXT))
                .hasMessageContaining("built-in");
    }

    private List<Integer> encode(String tokenizer, String text) {
        return stub().encode(
                        EncodeRequest.newBuilder().setTokenizer(tokenizer).setText(text).build())
                .getTokenIdsList();
    }

    private Training train(String name, TrainSettings.Builder settings, String text)
            throws Exception {
        List<TrainResponse> answers =
                stream(
                        Role.OPERATOR,
                        TokenizerServiceStub::train,
                        List.of(
                                TrainRequest.newBuilder()
                                        .setSettings(settings.setName(name).setVocabularySize(300))
                                        .build(),
                                TrainRequest.newBuilder().setText(text).build()));
        return answers.getLast().getTraining();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "TOKENIZER_ALGORITHM_BYTE_LEVEL_BPE",
                "TOKENIZER_ALGORITHM_CHARACTER_BPE",
                "TOKENIZER_ALGORITHM_WORDPIECE",
                "TOKENIZER_ALGORITHM_UNIGRAM"
            })
    void trainsEveryAlgorithmAsTheLibraryDoes(TokenizerAlgorithm algorithm) throws Exception {
        String name = algorithm.name().substring(20).toLowerCase().replace('_', '-');
        TrainSettings.Builder settings = TrainSettings.newBuilder().setAlgorithm(algorithm);
        TrainingSettings expected =
                switch (algorithm) {
                    case TOKENIZER_ALGORITHM_BYTE_LEVEL_BPE -> {
                        settings.setSplitPattern("o200k").setMinimumCount(31);
                        yield new TrainingSettings.ByteLevelBpe(
                                300,
                                31,
                                List.of(),
                                SplitPattern.O200K,
                                TrainingSettings.NO_LONGEST_TOKEN);
                    }
                    case TOKENIZER_ALGORITHM_CHARACTER_BPE -> {
                        settings.setUnknownToken("<unk>");
                        yield new TrainingSettings.CharacterBpe(300, List.of("<unk>"), "<unk>");
                    }
                    case TOKENIZER_ALGORITHM_WORDPIECE -> {
                        settings.addSpecialTokens("[PAD]");
                        yield new TrainingSettings.WordPiece(
                                300, List.of("[UNK]", "[PAD]"), "[UNK]");
                    }
                    default -> new TrainingSettings.Unigram(300, List.of("<unk>"));
                };

        Training training = train(name, settings, TEXT);

        try (TokenizerTraining same = new TokenizerTraining(expected)) {
            same.append(TEXT);
            Tokenizer tokenizer = same.train().tokenizer();
            assertThat(training.getTokenizer().getVocabularySize())
                    .isEqualTo(tokenizer.vocabularySize());
            assertThat(encode(name, "The dog sat there."))
                    .isEqualTo(
                            Arrays.stream(tokenizer.encode("The dog sat there.")).boxed().toList());
        }
        assertThat(training.getDroppedPieces()).isZero();
        assertThat(training.getPhase())
                .isEqualTo(algorithm == TOKENIZER_ALGORITHM_UNIGRAM ? "pruning" : "merging");
        assertThat(training.getDone()).isPositive();
    }

    @Test
    void refusesSettingsThatAnAlgorithmHasNoUseFor() {
        assertRefused(
                "has no use for split_pattern",
                TOKENIZER_ALGORITHM_WORDPIECE,
                TrainSettings.newBuilder().setSplitPattern("gpt2"));
        assertRefused(
                "has no use for minimum_count",
                TOKENIZER_ALGORITHM_UNIGRAM,
                TrainSettings.newBuilder().setMinimumCount(2));
        assertRefused(
                "has no use for cased",
                TOKENIZER_ALGORITHM_CHARACTER_BPE,
                TrainSettings.newBuilder().setCased(true));
        assertRefused(
                "has no use for byte_fallback",
                TOKENIZER_ALGORITHM_BYTE_LEVEL_BPE,
                TrainSettings.newBuilder().setByteFallback(true));
        assertRefused(
                "has no use for unknown_token",
                TOKENIZER_ALGORITHM_BYTE_LEVEL_BPE,
                TrainSettings.newBuilder().setUnknownToken("<unk>"));
        assertRefused(
                "there are gpt2, smollm",
                TOKENIZER_ALGORITHM_BYTE_LEVEL_BPE,
                TrainSettings.newBuilder().setSplitPattern("gpt3"));
        assertRefused(
                "character coverage 0.5",
                TOKENIZER_ALGORITHM_UNIGRAM,
                TrainSettings.newBuilder().setCharacterCoverage(0.5));
        assertRefused(
                "must be the first",
                TOKENIZER_ALGORITHM_UNIGRAM,
                TrainSettings.newBuilder().addSpecialTokens("<s>").addSpecialTokens("<unk>"));
    }

    private void assertRefused(
            String reason, TokenizerAlgorithm algorithm, TrainSettings.Builder settings) {
        assertThatThrownBy(() -> train("refused", settings.setAlgorithm(algorithm), TEXT))
                .hasMessageContaining(reason);
    }

    /// The service under test has little memory for training.
    @Test
    void tellsOfPiecesThatMemoryWasTooShortFor() throws Exception {
        StringBuilder text = new StringBuilder(TEXT);
        for (int i = 0; i < 60_000; i++) {
            text.append(" w").append(Integer.toString(i * 7919, 36));
        }

        Training training = train("short", TrainSettings.newBuilder(), text.toString());

        assertThat(training.getTokenizer().getVocabularySize()).isEqualTo(300);
        assertThat(training.getDroppedPieces()).isPositive();
    }

    private GetTokenizerResponse bringIn(
            ImportSettings.Builder settings, String name, Map<String, byte[]> files)
            throws Exception {
        List<ImportTokenizerRequest> messages = new ArrayList<>();
        messages.add(
                ImportTokenizerRequest.newBuilder().setSettings(settings.setName(name)).build());
        files.forEach(
                (file, content) ->
                        messages.add(
                                ImportTokenizerRequest.newBuilder()
                                        .setFile(file)
                                        .setContent(ByteString.copyFrom(content))
                                        .build()));
        List<ImportTokenizerResponse> stored =
                stream(Role.OPERATOR, TokenizerServiceStub::importTokenizer, messages);
        return stub().getTokenizer(
                        GetTokenizerRequest.newBuilder()
                                .setTokenizer(
                                        name + "@" + stored.getFirst().getTokenizer().getVersion())
                                .build());
    }

    private Map<String, byte[]> bringOut(String name, TokenizerFormat format) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        stub().exportTokenizer(
                        ExportTokenizerRequest.newBuilder()
                                .setTokenizer(name)
                                .setFormat(format)
                                .build())
                .forEachRemaining(
                        part ->
                                files.merge(
                                        part.getFile(),
                                        part.getContent().toByteArray(),
                                        (first, next) ->
                                                ByteString.copyFrom(first)
                                                        .concat(ByteString.copyFrom(next))
                                                        .toByteArray()));
        return files;
    }

    @Test
    void bringsRankFilesInAndOut() throws Exception {
        Map<String, byte[]> ranks = bringOut("gpt2", TokenizerFormat.TOKENIZER_FORMAT_TIKTOKEN);
        ImportSettings.Builder settings =
                ImportSettings.newBuilder()
                        .setFormat(TokenizerFormat.TOKENIZER_FORMAT_TIKTOKEN)
                        .setSplitPattern("gpt2")
                        .addSpecialTokens(
                                SpecialToken.newBuilder().setContent("<|endoftext|>").setId(50256));

        GetTokenizerResponse stored = bringIn(settings, "ranks", ranks);

        assertThat(ranks.get("ranks.tiktoken")).isEqualTo(Vocabularies.ranks("gpt2"));
        assertThat(stored.getTokenizer().getVocabularySize()).isEqualTo(50257);
        assertThat(encode("ranks", "It's 2024 – naïve 😀"))
                .isEqualTo(encode("gpt2", "It's 2024 – naïve 😀"));
        assertThatThrownBy(() -> bringIn(settings.clearSplitPattern(), "ranks", ranks))
                .hasMessageContaining("send split_pattern");
    }

    @Test
    void bringsVocabulariesWithMergesInAndOut() throws Exception {
        Map<String, byte[]> files =
                bringOut("tiny@2", TokenizerFormat.TOKENIZER_FORMAT_VOCAB_AND_MERGES);
        ImportSettings.Builder settings =
                ImportSettings.newBuilder()
                        .setFormat(TokenizerFormat.TOKENIZER_FORMAT_VOCAB_AND_MERGES)
                        .setSplitPattern("gpt2")
                        .addSpecialTokens(
                                SpecialToken.newBuilder().setContent("<|im_start|>").setId(0))
                        .addSpecialTokens(
                                SpecialToken.newBuilder().setContent("<|im_end|>").setId(1));

        GetTokenizerResponse stored = bringIn(settings, "pair", files);

        assertThat(files).containsOnlyKeys("vocab.json", "merges.txt", "tokenizer_config.json");
        assertThat(stored.getTokenizer().getSha256())
                .isEqualTo(
                        dev.gyre.artifacts.Sha256.of(
                                TokenizerJson.format(TestService.tokenizer(275))));
        assertThat(stored.getHasChatTemplate()).isTrue();
        assertThatThrownBy(
                        () ->
                                bringIn(
                                        settings.addSpecialTokens(
                                                SpecialToken.newBuilder()
                                                        .setContent("<other>")
                                                        .setId(5)),
                                        "pair",
                                        files))
                .hasMessageContaining("another token's");
    }

    @Test
    void bringsWordPieceAndSentencePieceInAndOut() throws Exception {
        train(
                "words-out",
                TrainSettings.newBuilder().setAlgorithm(TOKENIZER_ALGORITHM_WORDPIECE),
                TEXT);
        train(
                "pieces-out",
                TrainSettings.newBuilder().setAlgorithm(TOKENIZER_ALGORITHM_UNIGRAM),
                TEXT);

        GetTokenizerResponse words =
                bringIn(
                        ImportSettings.newBuilder()
                                .setFormat(TokenizerFormat.TOKENIZER_FORMAT_WORDPIECE_VOCAB),
                        "words-in",
                        bringOut("words-out", TokenizerFormat.TOKENIZER_FORMAT_WORDPIECE_VOCAB));
        GetTokenizerResponse pieces =
                bringIn(
                        ImportSettings.newBuilder()
                                .setFormat(TokenizerFormat.TOKENIZER_FORMAT_SENTENCEPIECE),
                        "pieces-in",
                        bringOut("pieces-out", TokenizerFormat.TOKENIZER_FORMAT_SENTENCEPIECE));

        assertThat(words.getAlgorithm()).isEqualTo("wordpiece");
        assertThat(encode("words-in", "The cats sat"))
                .isEqualTo(encode("words-out", "the cats sat"));
        assertThat(pieces.getAlgorithm()).isEqualTo("unigram");
        assertThat(encode("pieces-in", TEXT)).isEqualTo(encode("pieces-out", TEXT));
        assertThatThrownBy(
                        () ->
                                bringOut(
                                        "pieces-out",
                                        TokenizerFormat.TOKENIZER_FORMAT_WORDPIECE_VOCAB))
                .hasMessageContaining("WordPiece vocabularies only");
    }

    private static ImportSettings.Builder gguf() {
        return ImportSettings.newBuilder().setFormat(TokenizerFormat.TOKENIZER_FORMAT_GGUF);
    }

    @Test
    void bringsInByteLevelVocabulariesOfGguf() throws Exception {
        byte[] front = GgufFronts.byteLevel(TestService.tokenizer(275), TestService.TEMPLATE);

        GetTokenizerResponse stored =
                bringIn(gguf(), "gguf-bytes", Map.of("model.gguf", beforeTensors(front)));

        assertThat(stored.getAlgorithm()).isEqualTo("byte-level-bpe");
        assertThat(stored.getTokenizer().getVocabularySize()).isEqualTo(275);
        assertThat(stored.getSpecialTokensList())
                .extracting(SpecialToken::getContent)
                .containsExactly("<|im_start|>", "<|im_end|>");
        assertThat(stored.getHasChatTemplate()).isTrue();
        assertThat(encode("gguf-bytes", TEXT)).isEqualTo(encode("tiny@2", TEXT));
        assertThat(
                        TokenizerConfig.parse(
                                bringOut(
                                                "gguf-bytes",
                                                TokenizerFormat.TOKENIZER_FORMAT_TOKENIZER_JSON)
                                        .get("tokenizer_config.json")))
                .isEqualTo(
                        new TokenizerConfig(
                                "<|im_start|>", "<|im_end|>", null, null, TestService.TEMPLATE));
    }

    /// A file as a client cuts it that knows nothing of GGUF: bytes of the tensors come too.
    private static byte[] beforeTensors(byte[] front) {
        return Arrays.copyOf(front, front.length + 1000);
    }

    @Test
    void bringsInSentencePiecesOfGguf() throws Exception {
        train(
                "pieces-for-gguf",
                TrainSettings.newBuilder()
                        .setAlgorithm(TOKENIZER_ALGORITHM_UNIGRAM)
                        .addSpecialTokens("<unk>")
                        .addSpecialTokens("</s>"),
                TEXT);
        byte[] model =
                bringOut("pieces-for-gguf", TokenizerFormat.TOKENIZER_FORMAT_SENTENCEPIECE)
                        .get("tokenizer.model");
        byte[] front = GgufFronts.pieces("t5", SentencePieceFile.parse(model));

        GetTokenizerResponse stored = bringIn(gguf(), "gguf-pieces", Map.of("model.gguf", front));

        assertThat(stored.getAlgorithm()).isEqualTo("unigram");
        assertThat(stored.getHasChatTemplate()).isFalse();
        assertThat(encode("gguf-pieces", TEXT)).isEqualTo(encode("pieces-for-gguf", TEXT));
        List<Integer> framed =
                stub().encode(
                                EncodeRequest.newBuilder()
                                        .setTokenizer("gguf-pieces")
                                        .setText(TEXT)
                                        .setAddSpecialTokens(true)
                                        .build())
                        .getTokenIdsList();
        assertThat(framed).startsWith(encode("gguf-pieces", "The").getFirst()).endsWith(1);
        assertThat(framed).hasSize(encode("gguf-pieces", TEXT).size() + 1);
        Map<String, byte[]> out =
                bringOut("gguf-pieces", TokenizerFormat.TOKENIZER_FORMAT_SENTENCEPIECE);
        assertThat(out).containsOnlyKeys("tokenizer.model", "tokenizer_config.json");
        assertThat(TokenizerConfig.parse(out.get("tokenizer_config.json")))
                .isEqualTo(new TokenizerConfig(null, "</s>", null, null, null, false, true));
        assertRefused(
                "tokenizer_config.json has add_bos_token, but its bos_token \"<s>\" is no control token",
                ImportSettings.newBuilder()
                        .setFormat(TokenizerFormat.TOKENIZER_FORMAT_SENTENCEPIECE),
                Map.of(
                        "tokenizer.model",
                        model,
                        "tokenizer_config.json",
                        new TokenizerConfig("<s>", null, null, null, null, true, false).format()));
    }

    @Test
    void takesTheCallersConfigurationBeforeThatOfGguf() throws Exception {
        byte[] front = GgufFronts.byteLevel(TestService.tokenizer(275), TestService.TEMPLATE);
        TokenizerConfig own = new TokenizerConfig(null, "<|im_end|>", null, null, "own");

        bringIn(
                gguf(),
                "gguf-own",
                Map.of("model.gguf", front, "tokenizer_config.json", own.format()));

        assertThat(
                        TokenizerConfig.parse(
                                bringOut(
                                                "gguf-own",
                                                TokenizerFormat.TOKENIZER_FORMAT_TOKENIZER_JSON)
                                        .get("tokenizer_config.json")))
                .isEqualTo(own);
    }

    @Test
    void refusesGgufThatIsNoneOrDoesNotEnd() {
        byte[] front = GgufFronts.byteLevel(TestService.tokenizer(275), TestService.TEMPLATE);

        assertRefused(
                "model.gguf is refused: the file ends at byte %d, inside its header"
                        .formatted(front.length - 1),
                gguf(),
                Map.of("model.gguf", Arrays.copyOf(front, front.length - 1)));
        assertRefused(
                "model.gguf is refused: it does not begin with GGUF",
                gguf(),
                Map.of("model.gguf", "PK".getBytes(StandardCharsets.UTF_8)));
        assertRefused(
                "GGUF has no use for split_pattern",
                gguf().setSplitPattern("gpt2"),
                Map.of("model.gguf", front));
        assertRefused(
                "GGUF has no use for cased", gguf().setCased(true), Map.of("model.gguf", front));
        assertThatThrownBy(() -> bringOut("tiny", TokenizerFormat.TOKENIZER_FORMAT_GGUF))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("is only read; choose TOKENIZER_JSON");
    }

    private void assertRefused(
            String reason, ImportSettings.Builder settings, Map<String, byte[]> files) {
        assertThatThrownBy(() -> bringIn(settings, "refused", files))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining(reason);
    }

    @Test
    void encodesWhileTextComes() throws Exception {
        String text = TEXT + "\uD83D\uDE00 end";
        List<EncodeStreamRequest> parts = new ArrayList<>();
        for (int from = 0; from < text.length(); from += 7) {
            parts.add(
                    EncodeStreamRequest.newBuilder()
                            .setTokenizer("o200k_base")
                            .setText(
                                    text.substring(from, Math.min(text.length(), from + 7))
                                            .replace("\uD83D\uDE00", "😀"))
                            .build());
        }

        List<EncodeStreamResponse> answers =
                stream(Role.RATER, TokenizerServiceStub::encodeStream, parts);

        assertThat(answers.stream().flatMap(part -> part.getTokenIdsList().stream()).toList())
                .isEqualTo(encode("o200k_base", text));
        assertThat(answers.subList(0, 30)).anyMatch(part -> part.getTokenIdsCount() > 0);
    }

    @Test
    void allowsSomeSpecialTokens() {
        EncodeRequest.Builder request =
                EncodeRequest.newBuilder()
                        .setTokenizer("cl100k_base")
                        .setText("a<|endoftext|><|fim_prefix|>")
                        .addAllowedSpecialTokens("<|fim_prefix|>");

        List<Integer> ids = stub().encode(request.build()).getTokenIdsList();

        assertThat(ids).contains(100258).doesNotContain(100257);
        assertThatThrownBy(() -> stub().encode(request.addAllowedSpecialTokens("<other>").build()))
                .hasMessageContaining("\"<other>\" is no special token of cl100k_base");
        assertThatThrownBy(() -> stub().encode(request.setAllowSpecialTokens(true).build()))
                .hasMessageContaining("leave one of the two out");
    }

    @Test
    void cutsAndPadsAsTheFileSays() throws Exception {
        String json =
                new String(
                        TokenizerJson.format(TestService.tokenizer(272)), StandardCharsets.UTF_8);
        String settings =
                "{\"truncation\":{\"direction\":\"Right\",\"max_length\":2,\"strategy\":\"LongestFirst\",\"stride\":0},"
                        + "\"padding\":{\"strategy\":{\"Fixed\":4},\"direction\":\"Left\",\"pad_to_multiple_of\":null,"
                        + "\"pad_id\":1,\"pad_type_id\":0,\"pad_token\":\"<|im_end|>\"},";
        String file =
                settings
                        + json.replaceAll("\"(truncation|padding)\"\\s*:\\s*null\\s*,", "")
                                .strip()
                                .substring(1);
        bringIn(
                ImportSettings.newBuilder()
                        .setFormat(TokenizerFormat.TOKENIZER_FORMAT_TOKENIZER_JSON),
                "padded",
                Map.of("tokenizer.json", file.getBytes(StandardCharsets.UTF_8)));
        EncodeBatchRequest.Builder request =
                EncodeBatchRequest.newBuilder()
                        .setTokenizer("padded")
                        .addTexts("the cat and the dog")
                        .setUseFileSettings(true);

        EncodedText encoded = stub().encodeBatch(request.build()).getEncoded(0);

        List<Integer> plain = encode("padded", "the cat and the dog");
        assertThat(encoded.getTokenIdsList()).containsExactly(1, 1, plain.get(0), plain.get(1));
        assertThat(encoded.getTruncated()).isTrue();
        assertThat(encoded.getPaddedStart()).isEqualTo(2);
        assertThatThrownBy(() -> stub().encodeBatch(request.setMaxTokens(3).build()))
                .hasMessageContaining("are the file's");
    }

    @Test
    void countsStretches() {
        String text = "😀 the cat and the dog";
        CountResponse counted =
                stub().count(
                                CountRequest.newBuilder()
                                        .setTokenizer("cl100k_base")
                                        .setText(text)
                                        .addRanges(TextRange.newBuilder().setStart(0).setEnd(1))
                                        .addRanges(TextRange.newBuilder().setStart(5).setEnd(13))
                                        .addRanges(TextRange.newBuilder().setStart(4).setEnd(4))
                                        .build());

        assertThat(counted.getTokens()).isEqualTo(encode("cl100k_base", text).size());
        assertThat(counted.getRangeTokensList())
                .containsExactly(
                        encode("cl100k_base", "😀").size(),
                        encode("cl100k_base", " cat and").size(),
                        0);
        assertThatThrownBy(
                        () ->
                                stub().count(
                                                CountRequest.newBuilder()
                                                        .setTokenizer("cl100k_base")
                                                        .setText("abc")
                                                        .addRanges(
                                                                TextRange.newBuilder()
                                                                        .setStart(1)
                                                                        .setEnd(4))
                                                        .build()))
                .hasMessageContaining("3 code points");
    }
}
