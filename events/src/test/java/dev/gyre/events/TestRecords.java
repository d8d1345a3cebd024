package dev.gyre.events;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// Records as a broker gives them, for consumers that have none.
final class TestRecords {
    private TestRecords() {}

    /// An event named `partition-offset`.
    static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset) {
        Event event =
                new Event(
                        partition.partition() + "-" + offset,
                        "type",
                        "key",
                        new byte[0],
                        Instant.EPOCH);
        ProducerRecord<byte[], byte[]> sent =
                CloudEventHeaders.record(partition.topic(), event, "test", null);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(
                        partition.topic(),
                        partition.partition(),
                        offset,
                        "key".getBytes(StandardCharsets.UTF_8),
                        sent.value());
        sent.headers().forEach(record.headers()::add);
        return record;
    }
}
