package dev.gyre.tokenization.corpus;

import dev.gyre.events.DeadLetters;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// Documents → clean → bands.
///
/// [CleanProcessor] runs where a document's id puts it and keeps what came of each document;
/// [BandProcessor] runs where a band's key puts it and keeps who is similar to whom. Nothing leaves
/// the second one: sealing reads the changelogs of both stores, which are the state of all
/// replicas.
final class CorpusTopology {
    /// Store of what came of each document.
    static final String DOCUMENTS = "documents";

    /// Store of the band index, and name of the topic that leads to it.
    static final String BANDS = "bands";

    static final int PARTITIONS = Topic.PARTITIONS;

    private CorpusTopology() {}

    /// Consumer group, and what the internal topics' names begin with.
    static String applicationId(KafkaSettings kafka) {
        return kafka.topicPrefix() + "tokenizer-service.corpus";
    }

    /// Topic that leads from one half to the other.
    static String bandsTopic(KafkaSettings kafka) {
        return applicationId(kafka) + "-" + BANDS + "-repartition";
    }

    /// Changelog of a store.
    static String changelog(KafkaSettings kafka, String store) {
        return applicationId(kafka) + "-" + store + "-changelog";
    }

    /// What leaves cleaning.
    sealed interface Out {
        /// A record that cannot be read.
        record Letter(byte @Nullable [] value) implements Out {}

        /// Bands for the partition that the first byte of the key names.
        record Bands(byte[] message) implements Out {}
    }

    static Topology of(
            KafkaSettings kafka,
            DocumentEvents events,
            CorpusStore texts,
            Cleaning cleaning,
            int inlineTextBytes) {
        Serde<byte[]> bytes = Serdes.ByteArray();
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(store(DOCUMENTS)).addStateStore(store(BANDS));
        KStream<byte[], Out> cleaned =
                builder.stream(kafka.nameOf(Topic.CORPUS_DOCUMENTS), Consumed.with(bytes, bytes))
                        .process(
                                () -> new CleanProcessor(events, texts, cleaning, inlineTextBytes),
                                DOCUMENTS);
        cleaned.filter((_, out) -> out instanceof Out.Letter)
                .mapValues(out -> out instanceof Out.Letter(byte[] value) ? value : null)
                .to(
                        DeadLetters.topicOf(kafka, Topic.CORPUS_DOCUMENTS),
                        Produced.with(bytes, bytes));
        cleaned.filter((_, out) -> out instanceof Out.Bands)
                .mapValues(out -> out instanceof Out.Bands(byte[] message) ? message : null)
                .repartition(
                        Repartitioned.with(bytes, bytes)
                                .withName(BANDS)
                                .withNumberOfPartitions(PARTITIONS)
                                .withStreamPartitioner(new FirstByte()))
                .process(() -> new BandProcessor(cleaning), BANDS);
        return builder.build();
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled();
    }

    /// Sends a record to the partition that the first byte of its key names.
    private static final class FirstByte implements StreamPartitioner<byte[], byte[]> {
        @Override
        public Optional<Set<Integer>> partitions(
                String topic, byte[] key, byte[] value, int numPartitions) {
            return Optional.of(Set.of((int) key[0]));
        }
    }

    static <T> T initialised(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the processor is not initialised");
        }
        return part;
    }
}
