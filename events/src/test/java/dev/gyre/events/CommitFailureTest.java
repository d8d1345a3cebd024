package dev.gyre.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/// A broker that is away for longer than a commit waits, and then goes on as if nothing had been:
/// played by Kafka's own stand-in for its client, since the real one waits a minute for it.
class CommitFailureTest {
    private static final TopicPartition FIRST = new TopicPartition("topic", 0);
    private static final TopicPartition SECOND = new TopicPartition("topic", 1);

    @Test
    void aCommitThatFailsSkipsNoRecordOfAnotherPartition() throws Exception {
        List<String> handled = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(4);
        Broker consumer = new Broker();
        consumer.schedulePollTask(
                () -> {
                    consumer.rebalance(List.of(FIRST, SECOND));
                    consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
                    for (long offset = 0; offset < 2; offset++) {
                        consumer.keep(TestRecords.record(FIRST, offset));
                        consumer.keep(TestRecords.record(SECOND, offset));
                    }
                });

        try (EventConsumer _ =
                new EventConsumer(
                        "topic",
                        "group",
                        EventConsumer.Start.GROUP,
                        record -> {
                            handled.add(record.id());
                            all.countDown();
                        },
                        (_, _) -> {},
                        consumer,
                        new MockProducer<>(
                                true,
                                null,
                                new ByteArraySerializer(),
                                new ByteArraySerializer()))) {
            assertThat(all.await(10, TimeUnit.SECONDS)).as("handled: %s", handled).isTrue();
        }

        assertThat(handled).containsExactlyInAnyOrder("0-0", "0-1", "1-0", "1-1");
    }

    /// Fails the first commit; what was read is there to be read again.
    private static final class Broker extends MockConsumer<byte[], byte[]> {
        private final List<ConsumerRecord<byte[], byte[]>> kept = new ArrayList<>();
        private boolean failed;

        private Broker() {
            super("earliest");
        }

        private void keep(ConsumerRecord<byte[], byte[]> record) {
            kept.add(record);
            addRecord(record);
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            if (!failed) {
                failed = true;
                throw new TimeoutException("Kafka is away");
            }
            super.commitSync(offsets);
        }

        @Override
        public synchronized void seek(TopicPartition partition, long offset) {
            super.seek(partition, offset);
            kept.stream()
                    .filter(record -> record.partition() == partition.partition())
                    .filter(record -> record.offset() >= offset)
                    .forEach(this::addRecord);
        }
    }
}
