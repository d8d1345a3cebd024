package dev.gyre.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SharedInfrastructureTest {
    private final SharedInfrastructure infrastructure = SharedInfrastructure.get();

    @Test
    void kafkaKeepsWhatWasSent() throws Exception {
        String topic = infrastructure.newTopicPrefix() + "letters";
        Map<String, Object> settings = infrastructure.kafka().clientProperties();

        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, bytes("key"), bytes("value"))).get();
        }

        assertThat(firstValue(topic, settings)).isEqualTo("value");
    }

    @Test
    void kafkaRefusesAWrongPassword() {
        KafkaAddress wrong =
                new KafkaAddress(infrastructure.kafka().bootstrapServers(), "gyre", "wrong");

        try (Admin admin = Admin.create(wrong.clientProperties())) {
            assertThatThrownBy(() -> admin.listTopics().names().get())
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void databasesAreNewAndApart() throws SQLException {
        DatabaseAddress first = infrastructure.newDatabase();
        DatabaseAddress second = infrastructure.newDatabase();

        execute(first, "CREATE TABLE letter (id int)");

        assertThat(count(first, "SELECT count(*) FROM pg_tables WHERE tablename = 'letter'"))
                .isEqualTo(1);
        assertThat(count(second, "SELECT count(*) FROM pg_tables WHERE tablename = 'letter'"))
                .isZero();
    }

    @Test
    void postgresRefusesAWrongPassword() {
        DatabaseAddress database = infrastructure.newDatabase();

        assertThatThrownBy(
                        () ->
                                DriverManager.getConnection(
                                                database.jdbcUrl(), database.username(), "wrong")
                                        .close())
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void topicPrefixesDiffer() {
        assertThat(infrastructure.newTopicPrefix())
                .endsWith(".")
                .isNotEqualTo(infrastructure.newTopicPrefix());
    }

    private static String firstValue(String topic, Map<String, Object> settings) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new org.apache.kafka.common.TopicPartition(topic, 0);
            consumer.assign(Set.of(partition));
            consumer.seekToBeginning(Set.of(partition));
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(10));
            return new String(records.iterator().next().value(), StandardCharsets.UTF_8);
        }
    }

    private static void execute(DatabaseAddress database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(DatabaseAddress database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getInt(1);
        }
    }

    private static Connection connect(DatabaseAddress database) throws SQLException {
        return DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
