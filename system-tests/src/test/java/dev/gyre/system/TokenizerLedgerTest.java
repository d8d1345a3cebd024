package dev.gyre.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.events.DeadLetters;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.corpus.v1.AddDocumentsRequest;
import dev.gyre.proto.corpus.v1.CorpusVersion;
import dev.gyre.proto.corpus.v1.Document;
import dev.gyre.proto.tokenizer.v1.ListTrainingsRequest;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.proto.tokenizer.v1.WatchTrainingRequest;
import dev.gyre.proto.tokenizer.v1.WatchTrainingResponse;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Two replicas of tokenizer-service, of which one is killed with signal 9 while it works.
class TokenizerLedgerTest {
    private static final int DOCUMENTS = 600;
    private static final int BATCH = 20;
    private static final String CALM = "calm";
    private static final String STORM = "storm";

    private static final int VOCABULARY = 20_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static final long START = System.nanoTime();
    private static KafkaSettings kafka;
    private static TokenizerReplica left;
    private static TokenizerReplica right;

    @BeforeAll
    static void up() throws Exception {
        SharedInfrastructure shared = SharedInfrastructure.get();
        kafka =
                new KafkaSettings(
                        shared.kafka().bootstrapServers(),
                        shared.kafka().username(),
                        shared.kafka().password(),
                        shared.newTopicPrefix());
        left = TokenizerReplica.start("left", folder, kafka);
        right = TokenizerReplica.start("right", folder, kafka);
        left.awaitReady();
        right.awaitReady();
        say("two replicas are ready");
    }

    @AfterAll
    static void down() {
        try (TokenizerReplica _ = left;
                TokenizerReplica _ = right) {
            say("ending");
        }
    }

    /// A corpus is the same to the byte whether its documents came in peace, or out of order, some
    /// of them twice, to two replicas of which one was killed.
    @Test
    void aKilledReplicaLosesAndDoublesNothing() throws Exception {
        List<Document> documents = documents();
        for (List<Document> batch : batches(documents)) {
            left.add(request(CALM, batch));
        }
        say(documents.size() + " documents are acknowledged");
        CorpusVersion calm = left.seal(CALM);
        say("calm: %d documents, %d kept".formatted(calm.getDocuments(), calm.getKeptDocuments()));

        List<Document> disorder = new ArrayList<>(documents);
        disorder.addAll(documents.subList(0, DOCUMENTS / 3));
        Collections.shuffle(disorder, new Random(2));
        List<List<Document>> batches = batches(disorder);
        int sentAgain = 0;
        for (int number = 0; number < batches.size(); number++) {
            if (number == batches.size() / 2) {
                right.kill();
                say("the right replica was killed after %d batches".formatted(number));
            }
            AddDocumentsRequest request = request(STORM, batches.get(number));
            try {
                (number % 2 == 0 ? left : right).add(request);
            } catch (StatusException unacknowledged) {
                sentAgain++;
                left.add(request);
            }
        }
        right.restart();
        say("%d batches sent, %d of them again".formatted(batches.size(), sentAgain));
        CorpusVersion storm = left.seal(STORM);
        say("storm: " + storm.getDocuments() + " documents, " + storm.getKeptDocuments() + " kept");
        right.awaitReady();

        assertThat(sentAgain).isPositive();
        assertThat(nameless(storm)).isEqualTo(nameless(calm));
        assertThat(right.seal(STORM).getVersion()).isEqualTo(storm.getVersion());
        everyDocumentIsThereOnce(documents, storm);
        assertThat(new DeadLetters(kafka).list(Topic.CORPUS_DOCUMENTS)).isEmpty();
        say("sealed by both replicas, and equal");
    }

    /// What comes out is what an undisturbed training gives, and it is stored once.
    @Test
    void anotherReplicaEndsTheTrainingOfAKilledOne() throws Exception {
        Random random = new Random(3);
        List<String> parts = new ArrayList<>();
        TokenizerTraining undisturbed =
                new TokenizerTraining(new TrainingSettings.ByteLevelBpe(VOCABULARY, List.of()));
        for (int part = 0; part < 2; part++) {
            StringBuilder text = new StringBuilder();
            for (int document = 0; document < 1000; document++) {
                text.append(prose(random)).append('\n');
            }
            parts.add(text.toString());
            undisturbed.append(text.toString());
        }
        BlockingClientCall<TrainRequest, TrainResponse> call = right.tokenizers().train();
        TrainSettings settings =
                TrainSettings.newBuilder().setName("words").setVocabularySize(VOCABULARY).build();
        call.write(TrainRequest.newBuilder().setSettings(settings).build());
        for (String part : parts) {
            call.write(TrainRequest.newBuilder().setText(part).build());
        }
        call.halfClose();
        Training training = call.read().getTraining();
        while (training.getState() == TrainingState.TRAINING_STATE_READING) {
            training = call.read().getTraining();
        }
        right.kill();
        say("the right replica was killed, its training was " + training.getPhase());

        BlockingClientCall<?, WatchTrainingResponse> watch =
                left.tokenizers()
                        .watchTraining(
                                WatchTrainingRequest.newBuilder().setId(training.getId()).build());
        while (watch.hasNext()) {
            training = watch.read().getTraining();
        }
        say("the training " + training.getState() + ", seen by the left one");
        right.restart();
        right.awaitReady();

        assertThat(training.getState()).isEqualTo(TrainingState.TRAINING_STATE_SUCCEEDED);
        assertThat(training.getDroppedPieces()).isZero();
        Path artifacts = left.artifacts();
        assertThat(artifacts.resolve("trainings/" + training.getId() + "/attempts/2")).exists();
        try (undisturbed) {
            byte[] expected = TokenizerJson.format(undisturbed.train().tokenizer());
            Path version =
                    artifacts
                            .resolve("tokenizers/words")
                            .resolve(training.getTokenizer().getVersion());
            assertThat(version.resolve("tokenizer.json")).hasBinaryContent(expected);
        }
        try (Stream<Path> versions = Files.list(artifacts.resolve("tokenizers/words"))) {
            assertThat(versions).hasSize(1);
        }
        assertThat(
                        right.tokenizers()
                                .listTrainings(ListTrainingsRequest.getDefaultInstance())
                                .getTrainingsList())
                .containsExactly(training);
    }

    /// The manifest, which has the hashes of all files, without the corpus' name and what is made
    /// of it.
    private JsonNode nameless(CorpusVersion version) throws Exception {
        Path manifest = left.artifacts().resolve(version.getFolder()).resolve("manifest.json");
        String text = Files.readString(manifest).replace(version.getVersion(), "");
        return new ObjectMapper().readTree(text.replace("\"" + version.getCorpus() + "\"", "\"\""));
    }

    private void everyDocumentIsThereOnce(List<Document> documents, CorpusVersion version)
            throws Exception {
        List<String> listed = new ArrayList<>();
        Path list = left.artifacts().resolve(version.getFolder()).resolve("documents.jsonl");
        for (String line : Files.readAllLines(list)) {
            listed.add(new ObjectMapper().readTree(line).get("id").asText());
        }
        Set<String> lost = new HashSet<>(documents.stream().map(Document::getId).toList());
        listed.forEach(lost::remove);
        say("%d documents listed, %d lost".formatted(listed.size(), lost.size()));

        assertThat(listed).doesNotHaveDuplicates().hasSameSizeAs(documents);
        assertThat(lost).isEmpty();
        assertThat(version.getKeptDocuments()).isLessThan(DOCUMENTS);
    }

    /// Every tenth is a copy of an earlier one, every tenth nearly, every tenth has personal data.
    private static List<Document> documents() {
        Random random = new Random(1);
        List<Document> documents = new ArrayList<>();
        for (int number = 0; number < DOCUMENTS; number++) {
            String text =
                    switch (number % 10) {
                        case 7 -> documents.get(random.nextInt(number)).getText();
                        case 8 -> documents.get(number - 4).getText() + " And so it is.";
                        case 9 -> prose(random) + " Write to someone@example.org soon.";
                        default -> prose(random);
                    };
            documents.add(
                    Document.newBuilder()
                            .setId("document-%05d".formatted(number))
                            .setText(text)
                            .build());
        }
        return documents;
    }

    private static String prose(Random random) {
        StringBuilder text = new StringBuilder();
        for (int sentence = 0; sentence < 8; sentence++) {
            text.append(sentence == 0 ? "The" : " And the");
            for (int word = 0; word < 10; word++) {
                text.append(word % 3 == 0 ? " of " : " ").append("w");
                random.ints(4, 'a', 'z' + 1).forEach(text::appendCodePoint);
            }
            text.append('.');
        }
        return text.toString();
    }

    private static List<List<Document>> batches(List<Document> documents) {
        List<List<Document>> batches = new ArrayList<>();
        for (int from = 0; from < documents.size(); from += BATCH) {
            batches.add(documents.subList(from, Math.min(documents.size(), from + BATCH)));
        }
        return batches;
    }

    private static AddDocumentsRequest request(String corpus, List<Document> documents) {
        return AddDocumentsRequest.newBuilder()
                .setCorpus(corpus)
                .addAllDocuments(documents)
                .build();
    }

    private static void say(String what) {
        System.out.printf(
                "tokenizer ledger: %5.1f s %s%n", (System.nanoTime() - START) / 1e9, what);
    }
}
