package dev.gyre.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.events.Event;
import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.EventRecord;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.inference.v1.CompletionEvent;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.inference.v1.FinishReason;
import dev.gyre.proto.inference.v1.Prompt;
import dev.gyre.proto.inference.v1.TokenLogprob;
import dev.gyre.proto.training.v1.CandidateProduced;
import dev.gyre.proto.training.v1.JobEvent;
import dev.gyre.proto.training.v1.ModelRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/// What is around the service: Kafka and PostgreSQL, which are real, and what trainer-service and
/// inference-service say, which the test plays.
final class World implements AutoCloseable {
    final KafkaSettings kafka;
    final Path artifacts;

    /// Project, release line and first version of this test; no other test has them.
    final String project;

    final String line;
    final ModelVersion base;
    private final EventPublisher publisher;
    private final List<EventPublisher.Outgoing> held = new ArrayList<>();
    private boolean holding;
    private final List<EventConsumer> open = new ArrayList<>();

    /// @param number different for each test on the same Kafka
    World(KafkaSettings kafka, Path artifacts, int number) {
        this.kafka = kafka;
        this.artifacts = artifacts;
        project = "project-" + number;
        line = "starter-" + number;
        base = new ModelVersion(line, "import-1");
        publisher = new EventPublisher(kafka, "test");
    }

    /// Topics that no other test class has.
    static KafkaSettings newKafka() {
        SharedInfrastructure shared = SharedInfrastructure.get();
        KafkaSettings kafka =
                new KafkaSettings(
                        shared.kafka().bootstrapServers(),
                        shared.kafka().username(),
                        shared.kafka().password(),
                        shared.newTopicPrefix());
        kafka.createTopics(Topic.values());
        return kafka;
    }

    /// Sends an event twice with the same id: delivery is at least once.
    synchronized void send(Topic topic, String key, Message message) {
        Event event = Event.of(UUID.randomUUID().toString(), key, message, Instant.now());
        EventPublisher.Outgoing outgoing = new EventPublisher.Outgoing(topic, event, null);
        held.add(outgoing);
        held.add(outgoing);
        if (!holding) {
            flush();
        }
    }

    /// Sends what an action sends all at once.
    synchronized void together(Runnable action) {
        holding = true;
        action.run();
        holding = false;
        flush();
    }

    private void flush() {
        publisher.publishAll(List.copyOf(held), Duration.ofSeconds(20));
        held.clear();
    }

    void sendGarbage(Topic topic) {
        publisher.publish(
                topic,
                new Event("garbage", "none", "garbage", new byte[] {1, 2, 3}, Instant.now()),
                Duration.ofSeconds(20));
    }

    /// Everything on a topic whose key has a beginning, as it comes.
    List<EventRecord> listen(Topic topic, String keyBeginning) {
        List<EventRecord> records = new CopyOnWriteArrayList<>();
        open.add(
                new EventConsumer(
                        kafka,
                        topic,
                        "test-" + UUID.randomUUID(),
                        EventConsumer.Start.BEGINNING,
                        record -> {
                            if (record.key().startsWith(keyBeginning)) {
                                records.add(record);
                            }
                        },
                        (message, failure) -> {
                            throw new IllegalStateException(message, failure);
                        }));
        return records;
    }

    /// Takes the records of a topic, once each.
    void consume(Topic topic, EventConsumer.Handler handler) {
        open.add(
                new EventConsumer(
                        kafka,
                        topic,
                        "test-" + UUID.randomUUID(),
                        EventConsumer.Start.BEGINNING,
                        handler,
                        (message, failure) -> {
                            throw new IllegalStateException(message, failure);
                        }));
    }

    /// inference-service: an answer that ended.
    void completion(String id, String prompt, String text, ModelVersion model) {
        completion(id, project, prompt, text, model);
    }

    void completion(String id, String owner, String prompt, String text, ModelVersion model) {
        CompletionFinished.Builder finished =
                CompletionFinished.newBuilder()
                        .setCompletionId(id)
                        .setProject(owner)
                        .setSubject("rita")
                        .setReleaseLine(model.name())
                        .setReleaseEpoch(1)
                        .setModelName(model.name())
                        .setModelVersion(model.version())
                        .setVariant("fp32")
                        .setPrompt(Prompt.newBuilder().setText(prompt))
                        .setText(text)
                        .setFinishReason(FinishReason.FINISH_REASON_STOP)
                        .setFinishTime(now());
        prompt.chars().forEach(finished::addPromptTokenIds);
        text.chars().forEach(id1 -> finished.addTokens(TokenLogprob.newBuilder().setTokenId(id1)));
        send(Topic.COMPLETIONS, id, CompletionEvent.newBuilder().setFinished(finished).build());
    }

    /// trainer-service: writes a package and announces it.
    ///
    /// @return SHA-256 of its manifest
    String publishPackage(ModelVersion model) throws IOException {
        ModelPackages packages =
                new ModelPackages(
                        ArtifactStore.open(artifacts.toString()), artifacts.resolve("cache"));
        Path folder = Files.createTempDirectory("package");
        Files.writeString(folder.resolve("config.json"), "{}");
        packages.publish(
                folder,
                files ->
                        new Manifest(
                                Manifest.SCHEMA_VERSION,
                                model.name(),
                                model.version(),
                                null,
                                files,
                                "LlamaForCausalLM",
                                "float32",
                                "0".repeat(64),
                                0,
                                null,
                                null,
                                null,
                                Map.of(),
                                Map.of(),
                                "Apache-2.0"));
        return packages.manifestSha256(model);
    }

    /// trainer-service: a first import, published and announced.
    void firstImport() throws IOException {
        announce(base, publishPackage(base));
    }

    void announce(ModelVersion model, String manifestSha256) {
        send(
                Topic.JOB_EVENTS,
                "import-" + project,
                JobEvent.newBuilder()
                        .setCandidateProduced(
                                CandidateProduced.newBuilder()
                                        .setJobId("import-" + project)
                                        .setProject(project)
                                        .setModel(ref(model))
                                        .setManifestSha256(manifestSha256)
                                        .setTime(now()))
                        .build());
    }

    static ModelRef ref(ModelVersion model) {
        return ModelRef.newBuilder().setName(model.name()).setVersion(model.version()).build();
    }

    static Timestamp now() {
        Instant now = Instant.now();
        return Timestamp.newBuilder()
                .setSeconds(now.getEpochSecond())
                .setNanos(now.getNano())
                .build();
    }

    /// Waits up to 30 s until something holds.
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
            Thread.sleep(30);
        }
    }

    @Override
    public void close() {
        open.forEach(EventConsumer::close);
        publisher.close();
    }
}
