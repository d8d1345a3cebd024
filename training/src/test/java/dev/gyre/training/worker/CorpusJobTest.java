package dev.gyre.training.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.Sha256;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.artifacts.shards.TokenShardWriter;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import dev.gyre.training.engine.Torch;
import dev.gyre.training.run.CheckpointSettings;
import dev.gyre.training.run.TrainingRun;
import dev.gyre.training.text.TestCorpus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pretraining on a sealed corpus, with a tiny model. Only the attempt that is killed is a process
/// of its own; the others run here.
final class CorpusJobTest {
    private static final String TOKENIZER = "small@1";

    @TempDir Path folder;
    private Path store;
    private Tokenizer tokenizer;
    private TestCorpus corpus;

    @BeforeAll
    static void start() {
        Torch.start(1);
    }

    @BeforeEach
    void storeTokenizer() throws IOException {
        store = Files.createDirectories(folder.resolve("store"));
        try (TokenizerTraining training =
                new TokenizerTraining(
                        new TrainingSettings.ByteLevelBpe(300, List.of("<|endoftext|>")))) {
            texts(50).values().forEach(training::add);
            tokenizer = training.train().tokenizer();
        }
        Path place = Files.createDirectories(store.resolve("tokenizers/small/1"));
        TokenizerFolder.save(tokenizer, place);
        corpus =
                new TestCorpus(
                        "default",
                        "words",
                        TOKENIZER,
                        Sha256.of(TokenizerFolder.file(place)),
                        tokenizer.vocabularySize(),
                        tokenizer.addedTokenId("<|endoftext|>").orElseThrow());
    }

    @Test
    void aKilledJobResumesToTheBitAndItsPackageHasTheCorpusTokenizer() throws Exception {
        SortedMap<String, String> texts = texts(600);
        String request = request(corpus.seal(store, ids(texts)), "");

        Manifest undisturbed = Objects.requireNonNull(run("undisturbed", 1, request));
        WorkerChild worker =
                WorkerChild.start(
                        store,
                        "killed",
                        1,
                        request,
                        "--project",
                        "default",
                        "--checkpoint-steps",
                        "7",
                        "--threads",
                        "1");
        Path checkpoints = store.resolve("jobs/killed/1/checkpoints");
        while (isEmpty(checkpoints) && worker.isAlive()) {
            Thread.sleep(1);
        }
        worker.kill();
        assertThat(checkpoints).isDirectoryContaining("glob:**/step-*");
        Manifest resumed = Objects.requireNonNull(run("killed", 2, request));

        assertThat(metricFile("killed", 2))
                .hasLineCount(120)
                .isEqualTo(metricFile("undisturbed", 1));
        assertThat(resumed.files().get("model.safetensors"))
                .isEqualTo(undisturbed.files().get("model.safetensors"));
        assertThat(resumed.metrics()).isEqualTo(undisturbed.metrics());
        assertThat(resumed.tokenizerSha256()).isEqualTo(corpus.tokenizerSha256());
        assertThat(resumed.metrics())
                .containsEntry("eval_bytes", heldOutBytes(texts))
                .containsKey("ngram_bits_per_byte");
        // 0.47; random weights give over 7
        assertThat(resumed.metrics().get("eval_bits_per_byte")).isBetween(0.1, 2.0);
    }

    @Test
    void refusesWhatIsNotThereAndSaysWhatIs() throws IOException {
        CorpusManifest sealed = corpus.seal(store, ids(texts(100)));
        CorpusManifest others = corpus.withProject("poems").seal(store, ids(texts(100)));

        assertRefused(
                "{\"name\": \"prose\", \"version\": \"0123456789abcdef\"}",
                "project default has no sealed corpus prose",
                "gyre corpus seal");
        assertRefused(
                "{\"name\": \"words\", \"version\": \"0123456789abcdef\"}",
                "corpus words of project default has no version 0123456789abcdef",
                "it has " + sealed.version());
        assertRefused(
                reference(others),
                "corpus words of project default has no version " + others.version());
        assertRefused(
                "{\"name\": \"../poems/words\", \"version\": \"" + others.version() + "\"}",
                "corpus '../poems/words' is not 1 to 64 of a-z");
        assertRefused("{\"name\": \"words\"}", "version '' of corpus words is not 16 hexadecimal");
    }

    @Test
    void refusesACorpusThatCannotBeTrainedOn() throws IOException {
        assertRefused(
                reference(corpus.withSeparator(-1).seal(store, ids(texts(100)))),
                "was sealed without a separator",
                "seal it with --separator TOKEN");
        assertRefused(
                reference(corpus.seal(store, new TreeMap<>())),
                "has 0 documents, at least 2 are needed");
        assertRefused(
                reference(corpus.seal(store, ids(texts(3)))),
                "a batch of 4 sequences of 32 needs 161",
                "lower batch_size or sequence_length");
        assertRefused(
                reference(corpus.withTokenizer("huge@1", "", 300_000).seal(store, ids(texts(100)))),
                "the tokenizer huge@1 of corpus words@",
                "has 300000 ids, the limit is 262144; seal the corpus with a smaller one");
    }

    @Test
    void refusesAnotherTokenizerThanTheCorpusWasSealedWith() throws IOException {
        assertRefused(
                reference(corpus.withTokenizer("gone@1", "", 300).seal(store, ids(texts(100)))),
                "the tokenizer gone@1 that the corpus was sealed with is not in the artifact store");
        assertRefused(
                reference(
                        corpus.withTokenizer(TOKENIZER, "0".repeat(64), 300)
                                .seal(store, ids(texts(100)))),
                "the tokenizer small@1 has SHA-256 " + corpus.tokenizerSha256(),
                "put that one back, or seal the corpus again");
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        CorpusManifest shard = corpus.seal(store, ids(texts(100)));
        try (RandomAccessFile file =
                new RandomAccessFile(
                        TestCorpus.folder(store, shard).resolve("shard-00002.bin").toFile(),
                        "rw")) {
            file.write(file.read() ^ 1);
        }
        CorpusManifest manifest = corpus.seal(store, ids(texts(200)));
        Path file = TestCorpus.folder(store, manifest).resolve(CorpusManifest.FILE_NAME);
        Files.writeString(file, Files.readString(file).replace("<|endoftext|>", "<|startoftext|>"));

        assertRefused(
                reference(shard),
                "shard-00002.bin is not what the manifest says; copy the version again");
        assertRefused(
                reference(manifest),
                manifest.version() + "/manifest.json is that of words@",
                "copy the version again");
    }

    @Test
    void refusesATextBesideACorpus() throws IOException {
        String corpusReference = reference(corpus.seal(store, ids(texts(100))));

        for (String other : List.of("\"text\": \"wordnet\"", "\"vocabularySize\": 300")) {
            assertThatThrownBy(() -> run("both", 1, requestOf(corpusReference, other + ", ")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("beside corpus")
                    .hasMessageContaining("leave both unset, or leave out corpus");
        }
    }

    private void assertRefused(String corpusReference, String... words) {
        assertThatThrownBy(() -> run("refused", 1, requestOf(corpusReference, "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    /// Runs an attempt in this process.
    private @Nullable Manifest run(String id, int attempt, String request) throws IOException {
        ArtifactStore artifacts = ArtifactStore.open(store.toString());
        List<Path> attempts = new ArrayList<>();
        for (int number = 1; number <= attempt; number++) {
            attempts.add(store.resolve("jobs/" + id + "/" + number));
        }
        try (TrainingRun run =
                new TrainingRun(
                        attempts.removeLast(),
                        attempts,
                        new CheckpointSettings(7, 0),
                        _ -> {},
                        () -> false)) {
            JobContext job =
                    new JobContext(
                            artifacts,
                            new ModelPackages(artifacts, folder.resolve("cache")),
                            store,
                            "default",
                            store.resolve("jobs/" + id + "/" + attempt),
                            id,
                            attempt,
                            1,
                            run);
            return new PretrainTask(job, Specification.parse(request).getPretrain()).run();
        }
    }

    private static String request(CorpusManifest manifest, String more) {
        return requestOf(reference(manifest), more);
    }

    private static String requestOf(String corpusReference, String more) {
        return """
        {"pretrain": {"modelName": "tiny", %s "corpus": %s, "layers": 2, "hiddenSize": 32,
         "queryHeads": 2, "kvHeads": 1, "headSize": 16, "feedForwardSize": 64, "contextLength": 64,
         "batchSize": 4, "sequenceLength": 32, "steps": 120, "variants": ["fp32"],
         "optimizer": {"warmupSteps": 5, "learningRate": 0.01}}}
        """
                .formatted(more, corpusReference);
    }

    private static String reference(CorpusManifest manifest) {
        return "{\"name\": \"%s\", \"version\": \"%s\"}"
                .formatted(manifest.corpus(), manifest.version());
    }

    private static SortedMap<String, String> texts(int number) {
        Random random = new Random(3);
        String[] nouns = {"cat", "dog", "bird", "fish", "horse", "mouse", "cow", "hen"};
        String[] verbs = {"sees", "likes", "fears", "hears", "finds", "leaves"};
        SortedMap<String, String> texts = new TreeMap<>();
        for (int text = 0; text < number; text++) {
            String subject = nouns[random.nextInt(nouns.length)];
            String object = nouns[random.nextInt(nouns.length)];
            String verb = verbs[random.nextInt(verbs.length)];
            texts.put(
                    "text-" + text,
                    "The %s %s the %s, naïvely, on day %d.".formatted(subject, verb, object, text));
        }
        return texts;
    }

    private SortedMap<String, int[]> ids(SortedMap<String, String> texts) {
        SortedMap<String, int[]> ids = new TreeMap<>();
        texts.forEach((id, text) -> ids.put(id, tokenizer.encode(text)));
        return ids;
    }

    /// Bytes of the texts that are held out for their hundredth, with one for each end.
    private static double heldOutBytes(Map<String, String> texts) {
        return texts.entrySet().stream()
                .filter(text -> isInLowestHundredth(TokenShardWriter.idHash(text.getKey())))
                .mapToInt(text -> text.getValue().getBytes(StandardCharsets.UTF_8).length + 1)
                .sum();
    }

    private static boolean isInLowestHundredth(long hash) {
        return Long.compareUnsigned(hash, Long.divideUnsigned(-1, 100)) < 0;
    }

    private static boolean isEmpty(Path checkpoints) throws IOException {
        if (!Files.exists(checkpoints)) {
            return true;
        }
        try (DirectoryStream<Path> steps = Files.newDirectoryStream(checkpoints, "step-*")) {
            return !steps.iterator().hasNext();
        }
    }

    private String metricFile(String job, int attempt) throws IOException {
        return Files.readString(store.resolve("jobs/" + job + "/" + attempt + "/metrics.jsonl"));
    }
}
