package dev.gyre.tokenizer.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.Golden;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.text.Utf8Text;
import dev.gyre.tokenizer.training.TrainingSettings.Characters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is learned is what Hugging Face's trainers learned from the same texts.
class TrainingParityTest {
    private static final JsonNode GOLDEN = read();
    private static final List<String> SPECIAL = strings(GOLDEN.get("special"));

    private static JsonNode read() {
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(Golden.bytes("training.json.gz")))) {
            return Golden.JSON.readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<JsonNode> runs() {
        List<JsonNode> runs = new ArrayList<>();
        GOLDEN.get("runs").forEach(runs::add);
        return runs.stream();
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(string -> strings.add(string.textValue()));
        return strings;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void learnsWhatHuggingFaceLearns(JsonNode run) throws IOException {
        List<String> vocabulary = strings(run.get("vocabulary"));
        List<Merge> merges = new ArrayList<>();
        for (JsonNode merge : run.path("merges")) {
            merges.add(new Merge(merge.get(0).textValue(), merge.get(1).textValue()));
        }

        LearnedMerges learned = learn(run, vocabulary);

        assertThat(
                        learned.vocabulary().entrySet().stream()
                                .sorted(Map.Entry.comparingByValue())
                                .map(Map.Entry::getKey))
                .isEqualTo(vocabulary);
        if (!run.get("merges").isNull()) {
            assertThat(learned.merges()).isEqualTo(merges);
        }
    }

    static Stream<JsonNode> unigrams() {
        List<JsonNode> runs = new ArrayList<>();
        GOLDEN.get("unigrams").forEach(runs::add);
        return runs.stream();
    }

    /// The same tokens in the same order with the same scores to the bit.
    @ParameterizedTest
    @MethodSource("unigrams")
    void learnsWhatSentencePieceLearns(JsonNode run) {
        List<String> special = List.of("<unk>", "<s>", "</s>");
        TrainingSettings.Unigram usual = new TrainingSettings.Unigram(1000, special);
        TrainingSettings settings =
                new TrainingSettings.Unigram(
                        run.get("vocab_size").intValue(),
                        special,
                        usual.normalizer(),
                        run.path("character_coverage").asDouble(usual.characterCoverage()),
                        run.path("required_chars").asText(""),
                        run.path("seed_sentencepiece_size").asInt(usual.seedSize()),
                        run.path("shrinking_factor").asDouble(usual.shrinkingFactor()),
                        run.path("max_sentencepiece_length").asInt(usual.longestToken()),
                        run.path("byte_fallback").asBoolean());
        List<String> expected = new ArrayList<>();
        for (JsonNode piece : run.get("pieces")) {
            expected.add(piece.get(0).textValue() + " " + (float) piece.get(1).doubleValue());
        }

        List<String> learned = new ArrayList<>();
        for (int threads = 1; threads <= 2; threads++) {
            TrainingResources resources = TrainingResources.standard().withThreads(threads);
            try (TokenizerTraining training = new TokenizerTraining(settings, resources)) {
                for (String text : texts(run)) {
                    for (String line : text.split("\n")) {
                        training.add(line);
                    }
                }
                Tokenizer tokenizer = training.train().tokenizer();
                SentencePieceModel model = (SentencePieceModel) tokenizer.definition().model();
                learned.clear();
                model.pieces().forEach(piece -> learned.add(piece.text() + " " + piece.score()));
            }

            assertThat(learned).isEqualTo(expected);
        }
    }

    /// Hugging Face gives characters with affixes ids in the order of a hash table; with its order
    /// the merges are its.
    private static LearnedMerges learn(JsonNode run, List<String> vocabulary) throws IOException {
        int size = run.get("vocab_size").intValue();
        long minimumCount = run.path("min_frequency").longValue();
        int longest =
                run.has("max_token_length")
                        ? run.get("max_token_length").intValue()
                        : TrainingSettings.NO_LONGEST_TOKEN;
        String kind = run.get("kind").textValue();
        String pre = run.get("pre_tokenizer").textValue();
        Characters characters =
                new Characters(
                        String.join("", strings(run.path("initial_alphabet"))),
                        run.path("limit_alphabet").asInt(Integer.MAX_VALUE),
                        run.path("continuing_subword_prefix")
                                .asText(kind.equals("wordpiece") ? "##" : ""),
                        run.path("end_of_word_suffix").asText(""));
        if (kind.equals("byte")) {
            TrainingSettings settings =
                    new TrainingSettings.ByteLevelBpe(
                            size,
                            Math.max(1, minimumCount),
                            SPECIAL,
                            SplitPattern.valueOf(pre),
                            longest);
            return learned(train(settings, run));
        }
        if (kind.equals("character")
                && characters.continuingPrefix().isEmpty()
                && characters.endOfWordSuffix().isEmpty()) {
            TrainingSettings settings =
                    new TrainingSettings.CharacterBpe(
                            size,
                            Math.max(1, minimumCount),
                            SPECIAL,
                            "[UNK]",
                            Normalizer.NONE,
                            preTokenizer(pre),
                            characters,
                            longest);
            return learned(train(settings, run));
        }
        Map<String, Integer> order = new HashMap<>();
        vocabulary.forEach(token -> order.put(token, order.size()));
        Normalizer normalizer =
                kind.equals("wordpiece")
                        ? new Normalizer.Bert(true, true, true, true)
                        : Normalizer.NONE;
        TrainingResources resources = TrainingResources.standard();
        try (PieceCounter counter =
                new PieceCounter(
                        () -> new TextCutters.Steps(normalizer, preTokenizer(pre)), resources)) {
            for (String text : texts(run)) {
                Utf8Text utf8 = Utf8Text.of(text);
                counter.add(utf8.bytes(), 0, utf8.length(), 1);
            }
            return CharacterWords.learn(
                    new MergeLearner(
                            size,
                            Math.max(1, minimumCount),
                            longest,
                            characters.continuingPrefix(),
                            Set.copyOf(SPECIAL)),
                    SPECIAL,
                    characters,
                    Comparator.comparingInt(token -> order.getOrDefault(token, -1)),
                    counter.finish(),
                    resources,
                    new TrainingMonitor(TrainingProgress.NONE));
        }
    }

    private static Tokenizer train(TrainingSettings settings, JsonNode run) {
        try (TokenizerTraining training = new TokenizerTraining(settings)) {
            texts(run).forEach(training::add);
            TrainedTokenizer trained = training.train();
            // What is learned survives the file.
            return TokenizerJson.parse(TokenizerJson.format(trained.tokenizer()));
        }
    }

    private static LearnedMerges learned(Tokenizer tokenizer) {
        BpeModel model = (BpeModel) tokenizer.definition().model();
        return new LearnedMerges(
                model.vocabulary(), model.merges(), new PieceBudget.Kept(1, 0, 0, 0, 0));
    }

    private static List<String> texts(JsonNode run) {
        return strings(GOLDEN.get("texts").get(run.get("text").textValue()));
    }

    private static PreTokenizer preTokenizer(String name) {
        return switch (name) {
            case "Whitespace" -> new PreTokenizer.Whitespace();
            case "WhitespaceSplit" -> new PreTokenizer.WhitespaceSplit();
            case "Metaspace" ->
                    new PreTokenizer.Metaspace(0x2581, PreTokenizer.Metaspace.Prefix.ALWAYS, true);
            case "BertPreTokenizer" -> new PreTokenizer.Bert();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
