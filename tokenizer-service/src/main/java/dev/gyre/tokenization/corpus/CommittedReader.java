package dev.gyre.tokenization.corpus;

import dev.gyre.events.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Looks at topics and at how far a group has read them. Ends of topics are those of the log, not
/// of the last transaction that is known to be over: who reads up to them waits for the open ones.
final class CommittedReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;

    CommittedReader(KafkaSettings kafka) {
        admin = Admin.create(kafka.clientProperties());
        Map<String, Object> properties = kafka.clientProperties();
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        // marks of transactions are no records: a fetch that brings nothing else waits for so long
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// Ends of the partitions of a topic: the place of the next record, by partition number. Empty
    /// when there is no such topic.
    Map<TopicPartition, Long> ends(String topic) throws InterruptedException {
        try {
            TopicDescription described =
                    Objects.requireNonNull(
                            admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            for (TopicPartitionInfo partition : described.partitions()) {
                latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
            }
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(latest).all().get().forEach((at, end) -> ends.put(at, end.offset()));
            return ends;
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
                return Map.of();
            }
            throw new IllegalStateException("cannot look at topic " + topic, failure.getCause());
        }
    }

    /// Records that a group has not read up to some ends; 0 when it has read all. Marks of
    /// transactions stand in a log, too, and a group's place may stay before one, so that the rest
    /// is read before it counts.
    long unread(String group, Map<TopicPartition, Long> ends) throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> places;
        try {
            places =
                    admin.listConsumerGroupOffsets(group)
                            .partitionsToOffsetAndMetadata(group)
                            .get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("cannot look at group " + group, failure.getCause());
        }
        long unread = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            OffsetAndMetadata place = places.get(end.getKey());
            long from = place == null ? 0 : place.offset();
            if (from < end.getValue() && hasRecord(end.getKey(), from, end.getValue())) {
                unread += end.getValue() - from;
            }
        }
        return unread;
    }

    private boolean hasRecord(TopicPartition partition, long from, long end) {
        consumer.assign(List.of(partition));
        if (from == 0) {
            consumer.seekToBeginning(List.of(partition));
        } else {
            consumer.seek(partition, from);
        }
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Gives every record of finished transactions up to the topic's present ends to a handler.
    ///
    /// @param progress told how many records of a partition are behind it, and how many there are
    void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> handler, Progress progress)
            throws InterruptedException {
        Map<TopicPartition, Long> ends = ends(topic);
        consumer.assign(ends.keySet());
        consumer.seekToBeginning(ends.keySet());
        long total = ends.values().stream().mapToLong(Long::longValue).sum();
        while (ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(handler);
            progress.at(ends.keySet().stream().mapToLong(consumer::position).sum(), total);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while reading " + topic);
            }
        }
    }

    /// Told how far a long step is; may throw to end it.
    interface Progress {
        void at(long done, long total);
    }

    @Override
    public void close() {
        consumer.close();
        admin.close(Duration.ofSeconds(5));
    }
}
