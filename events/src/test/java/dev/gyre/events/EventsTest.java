package dev.gyre.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.gyre.proto.feedback.v1.RatingEvent;
import dev.gyre.proto.feedback.v1.RatingRecorded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Events over the real broker.
class EventsTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00.123Z");

    private final KafkaSettings settings = TestKafka.settings();
    private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
    private EventPublisher publisher;

    @BeforeEach
    void open() {
        settings.createTopics(Topic.RATINGS);
        settings.createTopics(Topic.RATINGS);
        publisher = new EventPublisher(settings, "events-test");
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    @Test
    void aConsumerSeesWhatWasPublishedInOrderPerKey() {
        List<EventRecord> seen = Collections.synchronizedList(new ArrayList<>());
        IntStream.range(0, 20).forEach(i -> publish("e" + i, "key-" + i % 3));

        try (EventConsumer _ = consume("order", seen::add)) {
            await(() -> seen.size() == 20);
        }

        assertThat(seen)
                .filteredOn(record -> record.key().equals("key-1"))
                .extracting(EventRecord::id)
                .containsExactly("e1", "e4", "e7", "e10", "e13", "e16", "e19");
        assertThat(seen.getFirst().type()).isEqualTo("gyre.feedback.v1.RatingEvent");
        assertThat(seen.getFirst().time()).isEqualTo(TIME);
        assertThat(seen.getFirst().parse(RatingEvent.parser()).getRecorded().getRatingId())
                .isEqualTo(seen.getFirst().id());
    }

    /// A broker names a new topic's partitions before it serves them (KAFKA-15591).
    @Test
    void whatIsSentToATopicJustMadeArrives() {
        String padding = "-".repeat(1_000);
        for (int turn = 0; turn < 6; turn++) {
            KafkaSettings fresh = TestKafka.settings();
            List<EventPublisher.Outgoing> events =
                    IntStream.range(0, 2_000)
                            .mapToObj(i -> outgoing("e" + i + padding, "key-" + i))
                            .toList();
            try (EventPublisher early = new EventPublisher(fresh, "events-test")) {
                fresh.createTopics(Topic.values());
                early.publishAll(events, Duration.ofSeconds(30));
            }
        }
    }

    @Test
    void aFailedRecordIsTriedAgainBeforeLaterOnes() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        publish("e1", "same");
        publish("e2", "same");

        try (EventConsumer _ =
                consume(
                        "retry",
                        record -> {
                            seen.add(record.id());
                            if (seen.size() < 3) {
                                throw new IllegalStateException("the database is away");
                            }
                        })) {
            await(() -> seen.size() == 4);
        }

        assertThat(seen).containsExactly("e1", "e1", "e1", "e2");
        assertThat(problems).hasSize(2).allMatch(problem -> problem.contains("tried again"));
    }

    @Test
    void aPoisonedRecordGoesToTheDeadLettersAndCanBeSentAgain() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        sendRaw("not protobuf, no headers");
        publish("good", "key");
        DeadLetters deadLetters = new DeadLetters(settings);

        try (EventConsumer _ =
                consume(
                        "poison",
                        record -> {
                            record.parse(RatingEvent.parser());
                            seen.add(record.id());
                        })) {
            await(() -> seen.contains("good") && !deadLetters.list(Topic.RATINGS).isEmpty());

            assertThat(deadLetters.list(Topic.RATINGS))
                    .singleElement()
                    .satisfies(
                            letter -> {
                                assertThat(letter.reason())
                                        .isEqualTo("the record has no header ce_id");
                                assertThat(letter.topic()).isEqualTo("gyre.feedback.ratings.v1");
                                assertThat(letter.bytes()).isEqualTo(24);
                            });
            assertThat(deadLetters.replay(Topic.RATINGS)).isEqualTo(1);
            // still poisoned, so it comes back as a new letter
            await(() -> deadLetters.list(Topic.RATINGS).size() == 1);
        }
    }

    @Test
    void aNewConsumerOfTheGroupGoesOnWhereTheOldOneStopped() {
        List<String> first = Collections.synchronizedList(new ArrayList<>());
        List<String> second = Collections.synchronizedList(new ArrayList<>());
        publish("e1", "key");
        try (EventConsumer _ = consume("resume", record -> first.add(record.id()))) {
            await(() -> first.size() == 1);
        }
        publish("e2", "key");

        try (EventConsumer _ = consume("resume", record -> second.add(record.id()))) {
            await(() -> !second.isEmpty());
        }

        assertThat(second).containsExactly("e2");
    }

    @Test
    void aStateReaderBeginsAtTheBeginningEachTime() {
        publish("e1", "key");
        for (int start = 0; start < 2; start++) {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            try (EventConsumer _ =
                    new EventConsumer(
                            settings,
                            Topic.RATINGS,
                            "state",
                            EventConsumer.Start.BEGINNING,
                            record -> seen.add(record.id()),
                            (problem, cause) -> problems.add(problem + ": " + cause))) {
                await(() -> !seen.isEmpty());
            }
            assertThat(seen).containsExactly("e1");
        }
    }

    private void publish(String id, String key) {
        publisher.publishAll(List.of(outgoing(id, key)), Duration.ofSeconds(20));
    }

    private static EventPublisher.Outgoing outgoing(String id, String key) {
        RatingEvent rating =
                RatingEvent.newBuilder()
                        .setRecorded(
                                RatingRecorded.newBuilder()
                                        .setRatingId(id)
                                        .setTime(Timestamps.fromMillis(TIME.toEpochMilli())))
                        .build();
        return new EventPublisher.Outgoing(Topic.RATINGS, Event.of(id, key, rating, TIME), null);
    }

    private void sendRaw(String value) {
        try (var producer =
                new KafkaProducer<>(
                        settings.clientProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(settings.nameOf(Topic.RATINGS), bytes, bytes));
        }
    }

    private EventConsumer consume(String group, EventConsumer.Handler handler) {
        return new EventConsumer(
                settings,
                Topic.RATINGS,
                group,
                EventConsumer.Start.GROUP,
                handler,
                (problem, cause) -> problems.add(problem + ": " + cause));
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within 40 s").isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }
}
