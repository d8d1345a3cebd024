package dev.gyre.tokenization.corpus;

import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/// One replica of the stream. Replicas share partitions; a killed one's go to the others, or wait.
///
/// Exactly-once: the place in the topics and all state move in one transaction, and a replica that
/// lost its partitions while it slept is fenced (docs/adr/0006).
final class CorpusStreams implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final String LEAVE_ON_CLOSE = "internal.leave.group.on.close";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaStreams streams;

    /// @param log told what went wrong, in words and with the exception
    CorpusStreams(
            KafkaSettings kafka,
            Topology topology,
            CorpusService.Settings settings,
            BiConsumer<String, Throwable> log) {
        kafka.createTopics(Topic.CORPUS_DOCUMENTS, Topic.CORPUS_SHARDS);
        streams = new KafkaStreams(topology, properties(kafka, settings));
        streams.setUncaughtExceptionHandler(
                failure -> {
                    log.accept("a thread of the corpus failed and is started again", failure);
                    pause();
                    return StreamThreadExceptionResponse.REPLACE_THREAD;
                });
        streams.start();
    }

    private static Properties properties(KafkaSettings kafka, CorpusService.Settings settings) {
        Map<String, Object> values = kafka.clientProperties();
        values.put(StreamsConfig.APPLICATION_ID_CONFIG, CorpusTopology.applicationId(kafka));
        values.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        values.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitInterval().toMillis());
        values.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        values.put(StreamsConfig.STATE_DIR_CONFIG, settings.state().toString());
        values.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        values.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 100);
        values.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbLimits.class);
        values.put(RocksDbLimits.BYTES, settings.rocksdbBytes());
        values.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 100);
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 8 << 20);
        // a killed replica's partitions wait for so long; by default 45 s
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
        values.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 3_000);
        // by default a replica that ends well keeps its partitions, too, until its session is over
        values.put(StreamsConfig.consumerPrefix(LEAVE_ON_CLOSE), true);
        // for the reason that KafkaSettings.producerProperties gives
        values.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION),
                1);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 64 << 10);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        values.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 8 << 20);
        Properties properties = new Properties();
        properties.putAll(values);
        return properties;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether it works or is about to.
    boolean isAlive() {
        return streams.state().isRunningOrRebalancing()
                || streams.state() == KafkaStreams.State.CREATED;
    }

    @Override
    public void close() {
        streams.close(STOP);
    }
}
