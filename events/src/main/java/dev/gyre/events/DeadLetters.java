package dev.gyre.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// The records that no consumer could handle, for operators: look at them, and send them again once
/// the cause is mended.
public final class DeadLetters {
    /// Remembers which letters have been sent again.
    private static final String GROUP = "gyre.dlq-replay";

    private final KafkaSettings settings;

    /// @param settings where Kafka is
    public DeadLetters(KafkaSettings settings) {
        this.settings = settings;
    }

    /// A record that was given up.
    ///
    /// @param topic topic it was on, without prefix
    /// @param eventId its event id, or null where it had none
    /// @param type its event type, or null where it had none
    /// @param bytes size of its value
    /// @param reason why it was given up
    public record DeadLetter(
            String topic,
            long offset,
            @Nullable String eventId,
            @Nullable String type,
            int bytes,
            String reason) {}

    /// Full name of the topic for a topic's dead letters.
    public static String topicOf(KafkaSettings settings, Topic topic) {
        return Topic.deadLetters(settings.nameOf(topic));
    }

    /// The headers of a letter: those of its record, and the reason.
    public static Headers headers(Headers ofRecord, PoisonedRecordException reason) {
        Headers headers = new RecordHeaders(ofRecord);
        CloudEventHeaders.put(
                headers, CloudEventHeaders.DEAD_LETTER_REASON, String.valueOf(reason.getMessage()));
        return headers;
    }

    /// Letters of a topic that have not been sent again, oldest first.
    public List<DeadLetter> list(Topic topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return unsent(consumer, topic).stream().map(record -> letter(topic, record)).toList();
        }
    }

    /// Sends a topic's letters again, each to the topic it came from.
    ///
    /// @return how many were sent
    /// @throws IllegalStateException when Kafka does not take them; those it took are not sent
    ///   again
    public int replay(Topic topic) {
        int sent = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer();
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                settings.producerProperties(),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            for (ConsumerRecord<byte[], byte[]> record : unsent(consumer, topic)) {
                resend(producer, topic, record);
                consumer.commitSync(
                        Map.of(
                                new TopicPartition(record.topic(), record.partition()),
                                new OffsetAndMetadata(record.offset() + 1)));
                sent++;
            }
        }
        return sent;
    }

    private void resend(
            KafkaProducer<byte[], byte[]> producer,
            Topic topic,
            ConsumerRecord<byte[], byte[]> record) {
        ProducerRecord<byte[], byte[]> again =
                new ProducerRecord<>(settings.nameOf(topic), record.key(), record.value());
        record.headers().forEach(again.headers()::add);
        again.headers().remove(CloudEventHeaders.DEAD_LETTER_REASON);
        try {
            producer.send(again).get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("cannot write to " + again.topic(), failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "interrupted while sending to " + again.topic(), interrupted);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = settings.clientProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.topicPrefix() + GROUP);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // some letters are written in transactions
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private List<ConsumerRecord<byte[], byte[]>> unsent(
            KafkaConsumer<byte[], byte[]> consumer, Topic topic) {
        String name = Topic.deadLetters(settings.nameOf(topic));
        Set<TopicPartition> partitions =
                consumer.partitionsFor(name).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .collect(Collectors.toSet());
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        committed.forEach(
                (partition, next) -> {
                    if (next != null) {
                        consumer.seek(partition, next);
                    }
                });
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
    }

    private static DeadLetter letter(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        String reason =
                CloudEventHeaders.optional(record.headers(), CloudEventHeaders.DEAD_LETTER_REASON);
        return new DeadLetter(
                topic.topicName(),
                record.offset(),
                CloudEventHeaders.optional(record.headers(), CloudEventHeaders.ID),
                CloudEventHeaders.optional(record.headers(), CloudEventHeaders.TYPE),
                record.value() == null ? 0 : record.value().length,
                reason == null ? "unknown" : reason);
    }
}
