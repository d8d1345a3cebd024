package dev.gyre.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/// A topic that was only just made may have no partitions yet for who asks.
class LateTopicTest {
    private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

    @Test
    void aStateReaderReadsATopicWhosePartitionsBecomeKnownLater() throws Exception {
        CountDownLatch handled = new CountDownLatch(1);
        List<String> problems = Collections.synchronizedList(new ArrayList<>());

        try (EventConsumer _ =
                new EventConsumer(
                        "topic",
                        "group",
                        EventConsumer.Start.BEGINNING,
                        _ -> handled.countDown(),
                        (_, failure) -> problems.add(failure.getMessage()),
                        new LateBroker(),
                        new MockProducer<>(
                                true,
                                null,
                                new ByteArraySerializer(),
                                new ByteArraySerializer()))) {
            assertThat(handled.await(10, TimeUnit.SECONDS)).as("%s", problems).isTrue();
        }

        assertThat(problems).containsExactly("the broker knows no partitions of topic yet");
    }

    /// Knows the topic at the second question.
    private static final class LateBroker extends MockConsumer<byte[], byte[]> {
        private boolean asked;

        private LateBroker() {
            super("earliest");
        }

        @Override
        public synchronized List<PartitionInfo> partitionsFor(String topic) {
            List<PartitionInfo> known =
                    asked ? List.of(new PartitionInfo(topic, 0, null, null, null)) : List.of();
            asked = true;
            return known;
        }

        @Override
        public synchronized void assign(Collection<TopicPartition> partitions) {
            super.assign(partitions);
            updateBeginningOffsets(Map.of(PARTITION, 0L));
            addRecord(TestRecords.record(PARTITION, 0));
        }
    }
}
