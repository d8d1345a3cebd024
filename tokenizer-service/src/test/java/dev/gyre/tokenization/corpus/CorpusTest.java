package dev.gyre.tokenization.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.artifacts.shards.TokenShardWriter;
import dev.gyre.artifacts.shards.TokenShards;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.events.DeadLetters;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.tokenization.corpus.CorpusService.Settings;
import dev.gyre.tokenization.corpus.text.CorpusRules;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Corpora over the real broker: replicas, orders and repeats change nothing.
class CorpusTest {
    private static final CorpusName NAME = new CorpusName("default", "test");
    private static final CorpusRules RULES =
            CorpusRules.DEFAULT
                    .withLines(CorpusRules.Lines.OFF)
                    .withRepetition(CorpusRules.Repetition.OFF)
                    .withQuality(
                            new CorpusRules.Quality(4, CorpusRules.NO_LIMIT, 0, 0, 1, 1, 1, 0, 0));
    private static final Tokenizers TOKENIZERS =
            reference -> new Tokenizers.Named(reference + "@1", "0".repeat(64), tokenizer());

    @TempDir static Path folder;

    private static final KafkaSettings KAFKA = kafka();

    /// For all that needs no other: a replica takes seconds to start.
    private static CorpusService replica;

    private static Path artifacts;

    private final List<CorpusService> replicas = new ArrayList<>();

    @BeforeAll
    static void startOne() throws Exception {
        artifacts = folder.resolve("artifacts");
        replica = open(KAFKA, artifacts);
    }

    @AfterAll
    static void stopOne() {
        replica.close();
    }

    private static Tokenizer tokenizer() {
        TrainingSettings settings =
                new TrainingSettings.ByteLevelBpe(270, List.of("<|endoftext|>"));
        try (TokenizerTraining training = new TokenizerTraining(settings)) {
            training.add("the words of the documents of the corpus ".repeat(20));
            return training.train().tokenizer();
        }
    }

    private static KafkaSettings kafka() {
        KafkaAddress kafka = SharedInfrastructure.get().kafka();
        return new KafkaSettings(
                kafka.bootstrapServers(),
                kafka.username(),
                kafka.password(),
                SharedInfrastructure.get().newTopicPrefix());
    }

    private CorpusService start(KafkaSettings kafka, Path artifacts) throws Exception {
        CorpusService started = open(kafka, artifacts);
        replicas.add(started);
        return started;
    }

    private static CorpusService open(KafkaSettings kafka, Path artifacts) throws Exception {
        Path state = Files.createTempDirectory(folder, "state");
        return new CorpusService(
                kafka,
                ArtifactStore.open(artifacts.toString()),
                TOKENIZERS,
                new Settings(
                        state,
                        RULES,
                        1,
                        200,
                        Duration.ofMillis(50),
                        Duration.ofSeconds(60),
                        16 << 20),
                Clock.systemUTC(),
                (problem, cause) -> System.err.println(problem + ": " + cause));
    }

    @AfterEach
    void stop() {
        replicas.parallelStream().forEach(CorpusService::close);
    }

    private static CorpusManifest seal(CorpusService replica, CorpusName name) throws Exception {
        return replica.seal(new Corpora.Wish(name, "tiny", "", 1 << 10), "olga", (_, _, _) -> {})
                .manifest();
    }

    /// Documents of which some are copies, some nearly, and some too short.
    private static List<Document> documents(CorpusName corpus, int count, long seed) {
        Random random = new Random(seed);
        List<Document> documents = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String id = "doc-%04d".formatted(number);
            int kind = number % 10;
            String text;
            if (kind == 7) {
                text = documents.get(random.nextInt(number)).text().toUpperCase(Locale.ROOT);
            } else if (kind == 8) {
                text = documents.get(number - 1 - random.nextInt(6)).text() + " indeed";
            } else if (kind == 9) {
                text = "too short";
            } else {
                text =
                        words(random, 30 + random.nextInt(60))
                                + (kind == 1 ? " a@b.example.com" : "");
            }
            documents.add(new Document(corpus, id, text));
        }
        return documents;
    }

    private static String words(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < count; word++) {
            text.append(word == 0 ? "" : " ")
                    .append(Integer.toString(random.nextInt(5_000), 36) + "x");
        }
        return text.toString();
    }

    @Test
    void theVersionIsTheSameWhateverTheOrderTheRepeatsAndTheReplicas() throws Exception {
        List<Document> documents = documents(NAME, 300, 1);
        CorpusService alone = start(kafka(), folder.resolve("one"));
        alone.add(documents, "olga");
        CorpusManifest first = seal(alone, NAME);

        KafkaSettings kafka = kafka();
        CorpusService left = start(kafka, folder.resolve("two"));
        CorpusService right = start(kafka, folder.resolve("two"));
        List<Document> shuffled = new ArrayList<>(documents);
        shuffled.addAll(documents.subList(50, 120));
        Collections.shuffle(shuffled, new Random(2));
        left.add(shuffled.subList(0, 150), "olga");
        CorpusService third = start(kafka, folder.resolve("two"));
        right.add(shuffled.subList(150, shuffled.size()), "rita");
        right.close();
        replicas.remove(right);
        CorpusManifest second = seal(third, NAME);

        assertThat(new String(second.toJson(), StandardCharsets.UTF_8))
                .isEqualTo(new String(first.toJson(), StandardCharsets.UTF_8));
        assertThat(seal(left, NAME)).isEqualTo(first);
        assertThat(first.removed())
                .containsOnlyKeys("exact-duplicate", "near-duplicate", "too-few-words");
        assertThat(first.removed().get("too-few-words")).isGreaterThanOrEqualTo(30);
        assertThat(first.removed().get("exact-duplicate")).isGreaterThan(20);
        assertThat(first.removed().get("near-duplicate")).isGreaterThan(20);
        assertThat(first.redactions()).containsKey("EMAIL");
        assertThat(
                        first.keptDocuments()
                                + first.removed().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum())
                .isEqualTo(documents.size());
    }

    @Test
    void theShardsHoldTheKeptDocumentsInOrder() throws Exception {
        CorpusName name = new CorpusName("default", "shards");
        List<Document> documents = documents(name, 60, 3);
        replica.add(documents, "olga");
        CorpusManifest manifest = seal(replica, name);

        List<String> lines =
                Files.readAllLines(
                        artifacts
                                .resolve(CorpusStore.folder(name, manifest.version()))
                                .resolve(Sealing.DOCUMENTS));
        List<Document> kept =
                IntStream.range(0, documents.size())
                        .filter(number -> lines.get(number).contains("\"tokens\""))
                        .mapToObj(documents::get)
                        .toList();
        try (TokenShards shards =
                TokenShards.open(artifacts.resolve(CorpusStore.folder(name, manifest.version())))) {
            assertThat(lines).hasSameSizeAs(documents);
            assertThat(manifest.shards()).isGreaterThan(1);
            assertThat(shards.documents()).isEqualTo(kept.size());
            for (int number = 0; number < kept.size(); number++) {
                Document document = kept.get(number);
                assertThat(shards.idHash(number)).isEqualTo(TokenShardWriter.idHash(document.id()));
                assertThat(tokenizer().decode(shards.document(number)))
                        .isEqualTo(
                                document.text().replace("a@b.example.com", "<EMAIL>")
                                        + "<|endoftext|>");
            }
        }
    }

    @Test
    void aLaterTextTakesThePlaceOfAnEarlierOne() throws Exception {
        CorpusName name = new CorpusName("default", "later");
        String same = words(new Random(4), 40);
        replica.add(List.of(new Document(name, "a", same)), "olga");
        replica.add(List.of(new Document(name, "b", same + " too")), "olga");
        replica.add(List.of(new Document(name, "c", same + " also")), "olga");
        CorpusManifest before = seal(replica, name);
        replica.add(List.of(new Document(name, "a", words(new Random(5), 300))), "olga");
        CorpusManifest after = seal(replica, name);

        assertThat(before.keptDocuments()).isEqualTo(1);
        assertThat(after.keptDocuments()).isEqualTo(2);
        assertThat(after.removed()).containsExactly(Map.entry("near-duplicate", 1L));
        assertThat(
                        Files.readString(
                                artifacts
                                        .resolve(CorpusStore.folder(name, after.version()))
                                        .resolve(Sealing.DOCUMENTS)))
                .contains("{\"id\":\"c\",\"rule\":\"near-duplicate\"")
                .contains("to b, limit");
        CorpusService fresh = start(kafka(), folder.resolve("fresh"));
        fresh.add(
                List.of(
                        new Document(name, "c", same + " also"),
                        new Document(name, "a", words(new Random(5), 300)),
                        new Document(name, "b", same + " too")),
                "olga");
        assertThat(seal(fresh, name)).isEqualTo(after);
    }

    @Test
    void whatCannotBeReadGoesToTheDeadLetters() throws Exception {
        CorpusName name = new CorpusName("default", "dead");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        KAFKA.clientProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            byte[] wrong = "no document".getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(KAFKA.nameOf(Topic.CORPUS_DOCUMENTS), wrong, wrong))
                    .get();
        }
        replica.add(documents(name, 20, 6), "olga");

        assertThat(seal(replica, name).documents()).isEqualTo(20);
        assertThat(new DeadLetters(KAFKA).list(Topic.CORPUS_DOCUMENTS))
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).contains("no header ce_id"));
    }

    @Test
    void refusesWhatCannotBeDone() throws Exception {
        CorpusName name = new CorpusName("default", "refused");

        assertThatThrownBy(() -> seal(replica, name))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("there is no corpus default/refused");
        assertThatThrownBy(() -> new Document(name, "a\nb", "text"))
                .hasMessageContaining("control character");
        assertThatThrownBy(() -> new Document(name, "x".repeat(513), "text"))
                .hasMessageContaining("513");
        assertThatThrownBy(() -> new CorpusName("default", "No Name"))
                .hasMessageContaining("'No Name'");
        assertThatThrownBy(
                        () ->
                                replica.add(
                                        List.of(
                                                new Document(
                                                        name,
                                                        "long",
                                                        "x"
                                                                .repeat(
                                                                        DocumentEvents
                                                                                        .MAX_TEXT_BYTES
                                                                                + 1))),
                                        "olga"))
                .hasMessageContaining("4194305");
        assertThatThrownBy(() -> new Corpora.Wish(name, "tiny", "", 7))
                .hasMessageContaining("1024");
        assertThatThrownBy(
                        () ->
                                replica.seal(
                                        new Corpora.Wish(name, "tiny", "<|no|>", 0),
                                        "olga",
                                        (_, _, _) -> {}))
                .hasMessageContaining("<|no|>");
    }

    @Test
    void aTextTooLongForARecordGoesThroughTheStore() throws Exception {
        CorpusName name = new CorpusName("default", "long");
        String text = words(new Random(7), 250_000);
        assertThat(text.length()).isGreaterThan(DocumentEvents.MAX_INLINE_BYTES);

        replica.add(List.of(new Document(name, "long", text)), "olga");

        assertThat(seal(replica, name).keptBytes()).isEqualTo(text.length());
    }
}
