package dev.gyre.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.gyre.embedded.EmbeddedKafka;
import dev.gyre.embedded.Installation;
import dev.gyre.embedded.Ports;
import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.EventRecord;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.inference.Around;
import dev.gyre.proto.inference.v1.CompletionEvent;
import dev.gyre.proto.inference.v1.CompletionFinished;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Completions that end while Kafka is away reach it later, over a restart of the service.
class CompletionSenderTest {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    @TempDir private Path folder;

    @Test
    void sendsWhatWasKeptWhileKafkaWasAway() throws Exception {
        int port = Ports.free();
        KafkaSettings settings =
                new KafkaSettings("127.0.0.1:" + port, "gyre", "secret", "spooltest.");
        try (EventPublisher publisher = new EventPublisher(settings, "inference-service")) {
            Spool spool = new Spool(folder.resolve("spool"), 1 << 20);
            try (CompletionSender _ = new CompletionSender(spool, publisher, LIMIT)) {
                spool.append(event("cmpl-1"));
                spool.append(event("cmpl-2"));
                Thread.sleep(200);
                assertThat(spool.bytes()).isPositive();
            }
        }

        List<EventRecord> received = new CopyOnWriteArrayList<>();
        try (EmbeddedKafka _ = kafka(port)) {
            settings.createTopics(Topic.COMPLETIONS);
            try (EventPublisher publisher = new EventPublisher(settings, "inference-service");
                    EventConsumer _ = consumer(settings, received)) {
                Spool spool = new Spool(folder.resolve("spool"), 1 << 20);
                try (CompletionSender _ = new CompletionSender(spool, publisher, LIMIT)) {
                    spool.append(event("cmpl-3"));
                    Around.await(() -> spool.bytes() == 0);
                }
                Around.await(() -> received.size() >= 3);
            }
        }

        assertThat(received.stream().map(EventRecord::id))
                .containsExactlyInAnyOrder("cmpl-1", "cmpl-2", "cmpl-3");
        assertThat(received.stream().map(EventRecord::key))
                .containsExactlyInAnyOrder("cmpl-1", "cmpl-2", "cmpl-3");
        assertThat(received.getFirst().parse(CompletionEvent.parser()).getFinished().getText())
                .isEqualTo("text");
    }

    private EmbeddedKafka kafka(int port) throws Exception {
        return EmbeddedKafka.start(
                new EmbeddedKafka.Settings(
                        Installation.ofThisBuild(),
                        folder.resolve("kafka"),
                        folder.resolve("kafka.log"),
                        port,
                        Ports.free(),
                        "gyre",
                        "secret",
                        EmbeddedKafka.DEFAULT_JVM_OPTIONS));
    }

    private static EventConsumer consumer(KafkaSettings settings, List<EventRecord> received) {
        return new EventConsumer(
                settings,
                Topic.COMPLETIONS,
                "test",
                EventConsumer.Start.BEGINNING,
                received::add,
                (_, _) -> {});
    }

    private static byte[] event(String id) {
        return CompletionEvent.newBuilder()
                .setFinished(
                        CompletionFinished.newBuilder()
                                .setCompletionId(id)
                                .setText("text")
                                .setFinishTime(Timestamps.fromMillis(Instant.now().toEpochMilli())))
                .build()
                .toByteArray();
    }
}
