package dev.gyre.events;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Reads one topic on a thread of its own and gives each record to a handler, at least once and in
/// order per key.
///
/// The place in the topic is committed after the handler has returned. A handler that throws is
/// called again with the same record after a growing pause; only a [PoisonedRecordException] gives
/// the record up, to the topic's dead letters with the reason in a header.
public final class EventConsumer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final String topic;
    private final Start start;
    private final Handler handler;
    private final BiConsumer<String, Throwable> log;
    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> deadLetters;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    /// Does what a record asks for.
    @FunctionalInterface
    public interface Handler {
        /// @throws PoisonedRecordException when this record can never be handled
        /// @throws Exception when it should be tried again
        void handle(EventRecord record) throws Exception;
    }

    /// Where a consumer begins.
    public enum Start {
        /// Where its group stopped; at the beginning when the group is new. Replicas of a service
        /// share the work.
        GROUP,
        /// At the beginning of the topic, each time; every replica sees every record. For compacted
        /// state.
        BEGINNING
    }

    /// Starts reading.
    ///
    /// @param group consumer group without prefix, for example `feedback-service.completions`
    /// @param log told what went wrong, in words and with the exception
    public EventConsumer(
            KafkaSettings settings,
            Topic topic,
            String group,
            Start start,
            Handler handler,
            BiConsumer<String, Throwable> log) {
        this(
                settings.nameOf(topic),
                group,
                start,
                handler,
                log,
                consumer(settings, group),
                deadLetters(settings));
    }

    /// @param topic full name
    EventConsumer(
            String topic,
            String group,
            Start start,
            Handler handler,
            BiConsumer<String, Throwable> log,
            Consumer<byte[], byte[]> consumer,
            Producer<byte[], byte[]> deadLetters) {
        this.topic = topic;
        this.start = start;
        this.handler = handler;
        this.log = log;
        this.consumer = consumer;
        this.deadLetters = deadLetters;
        if (start == Start.GROUP) {
            consumer.subscribe(List.of(topic));
        }
        this.thread = Thread.ofPlatform().name("events-" + group).daemon().start(this::run);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings settings, String group) {
        Map<String, Object> properties = settings.clientProperties();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.topicPrefix() + group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        // a killed reader's partitions wait for so long; by default 45 s
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static KafkaProducer<byte[], byte[]> deadLetters(KafkaSettings settings) {
        Map<String, Object> properties = settings.producerProperties();
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L << 20);
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// @throws IllegalStateException while the broker does not know the partitions, as of a topic
    ///   that was only just made
    private void assignFromBeginning() {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        if (partitions.isEmpty()) {
            throw new IllegalStateException("the broker knows no partitions of " + topic + " yet");
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    private void run() {
        while (!isStopping()) {
            try {
                if (start == Start.BEGINNING && consumer.assignment().isEmpty()) {
                    assignFromBeginning();
                }
                handleAll(consumer.poll(POLL));
            } catch (WakeupException | InterruptException stop) {
                // asked to stop: the loop's condition ends it
            } catch (RuntimeException failure) {
                log.accept("reading " + topic + " failed and is tried again", failure);
                pause(FIRST_PAUSE);
            }
        }
        consumer.close();
        deadLetters.close(Duration.ofSeconds(5));
    }

    /// Handles what a poll brought. When the place cannot be committed, the partitions that have
    /// not had their turn are read again: the consumer itself would go on behind their records.
    private void handleAll(ConsumerRecords<byte[], byte[]> records) {
        Deque<TopicPartition> waiting = new ArrayDeque<>(records.partitions());
        try {
            while (!waiting.isEmpty()) {
                TopicPartition partition = waiting.remove();
                handleAll(partition, records.records(partition));
            }
        } catch (RuntimeException failure) {
            waiting.retainAll(consumer.assignment());
            waiting.forEach(
                    partition ->
                            consumer.seek(
                                    partition, records.records(partition).getFirst().offset()));
            throw failure;
        }
    }

    private void handleAll(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        long handled = -1;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!handleUntilDone(record)) {
                break;
            }
            handled = record.offset();
        }
        if (handled >= 0 && start == Start.GROUP) {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(handled + 1)));
        }
    }

    /// @return false when it was stopped before the record was handled
    private boolean handleUntilDone(ConsumerRecord<byte[], byte[]> record) {
        Duration pause = FIRST_PAUSE;
        while (!isStopping()) {
            try {
                handler.handle(EventRecord.of(record.key(), record.value(), record.headers()));
                return true;
            } catch (PoisonedRecordException poisoned) {
                if (bury(record, poisoned)) {
                    return true;
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return false;
            } catch (Exception failure) {
                log.accept(
                        "a record of " + topic + " failed and is tried again in " + pause, failure);
            }
            pause(pause);
            pause =
                    pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                            ? pause.multipliedBy(2)
                            : LONGEST_PAUSE;
        }
        return false;
    }

    private boolean bury(ConsumerRecord<byte[], byte[]> record, PoisonedRecordException poisoned) {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(
                        Topic.deadLetters(topic),
                        null,
                        record.key(),
                        record.value(),
                        DeadLetters.headers(record.headers(), poisoned));
        try {
            deadLetters.send(letter).get();
            log.accept(
                    String.format(
                            "gave up the record at %s-%d offset %d to %s",
                            topic, record.partition(), record.offset(), Topic.deadLetters(topic)),
                    poisoned);
            return true;
        } catch (ExecutionException failure) {
            log.accept("cannot write to " + Topic.deadLetters(topic), failure);
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0 || Thread.currentThread().isInterrupted();
    }

    private void pause(Duration pause) {
        try {
            stopping.await(pause.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Stops after the record that is being handled.
    @Override
    public void close() {
        stopping.countDown();
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
