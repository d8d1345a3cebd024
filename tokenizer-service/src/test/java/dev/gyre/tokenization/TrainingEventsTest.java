package dev.gyre.tokenization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.access.Role;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc.TokenizerServiceStub;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingEvent;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@QuarkusTestResource(TestService.class)
class TrainingEventsTest extends ServiceTest {
    @Inject KafkaSettings kafka;

    @Test
    @Timeout(60)
    void tellsOnKafkaHowATrainingEnded() throws Exception {
        TrainSettings settings =
                TrainSettings.newBuilder().setName("told").setVocabularySize(260).build();
        List<TrainResponse> answers =
                stream(
                        Role.OPERATOR,
                        TokenizerServiceStub::train,
                        List.of(
                                TrainRequest.newBuilder()
                                        .setSettings(settings)
                                        .setText("a b a b")
                                        .build()));
        Training ended = answers.getLast().getTraining();

        Training told = Training.getDefaultInstance();
        Map<String, Object> properties = kafka.clientProperties();
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(
                    IntStream.range(0, Topic.PARTITIONS)
                            .mapToObj(
                                    partition ->
                                            new TopicPartition(
                                                    kafka.nameOf(Topic.TOKENIZER_TRAININGS),
                                                    partition))
                            .toList());
            while (told.getState() != TrainingState.TRAINING_STATE_SUCCEEDED) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    String key = new String(record.key(), StandardCharsets.UTF_8);
                    if (key.equals(ended.getId())) {
                        told = TrainingEvent.parseFrom(record.value()).getChanged().getTraining();
                    }
                }
            }
        }

        assertThat(told).isEqualTo(ended);
    }
}
