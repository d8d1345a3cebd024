package dev.gyre.events;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.errors.TopicExistsException;

/// Where Kafka is and how to log in.
///
/// @param bootstrapServers `host:port`, separated by commas
/// @param username name for SASL/PLAIN; empty: no login
/// @param password password for SASL/PLAIN
/// @param topicPrefix stands before every topic and consumer group; empty in production, unique per
///   test class
public record KafkaSettings(
        String bootstrapServers, String username, String password, String topicPrefix) {
    public KafkaSettings {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException(
                    "no Kafka address; set gyre.kafka.bootstrap-servers to host:port");
        }
        if (!topicPrefix.matches("[a-z0-9.-]*")) {
            throw new IllegalArgumentException(
                    "topic prefix '" + topicPrefix + "' has others than a-z, 0-9, '.' and '-'");
        }
    }

    /// Full name of a topic.
    public String nameOf(Topic topic) {
        return topicPrefix + topic.topicName();
    }

    /// Settings that producers, consumers and admin clients share.
    public Map<String, Object> clientProperties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        if (!username.isEmpty()) {
            properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SASL_PLAINTEXT");
            properties.put(SaslConfigs.SASL_MECHANISM, "PLAIN");
            properties.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    String.format(
                            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                                    + " username=\"%s\" password=\"%s\";",
                            quoted(username), quoted(password)));
        }
        return properties;
    }

    /// Settings that producers share: what is acknowledged is on all replicas in sync, once.
    ///
    /// One request in flight, for with more a batch may be overtaken: a broker takes any first
    /// sequence number of a producer that it does not know, so when it refuses the first batch of a
    /// new partition, which it does not serve yet, and takes the second one, the first can never be
    /// written (KAFKA-15591). Larger batches make up for the wait.
    public Map<String, Object> producerProperties() {
        Map<String, Object> properties = clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
        return properties;
    }

    /// Makes the topics that do not exist, each with its dead letters; leaves the others as they
    /// are.
    ///
    /// @throws IllegalStateException when Kafka refuses
    public void createTopics(Topic... topics) {
        List<NewTopic> wanted = new ArrayList<>();
        for (Topic topic : topics) {
            wanted.add(topic.definition(topicPrefix));
            wanted.add(topic.deadLettersDefinition(topicPrefix));
        }
        try (Admin admin = Admin.create(clientProperties())) {
            for (var creation : admin.createTopics(wanted).values().entrySet()) {
                awaitCreation(creation.getKey(), creation.getValue());
            }
        }
    }

    private static void awaitCreation(
            String topic, org.apache.kafka.common.KafkaFuture<Void> creation) {
        try {
            creation.get();
        } catch (ExecutionException failure) {
            if (!(failure.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(
                        "cannot create the topic " + topic, failure.getCause());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "interrupted while creating the topic " + topic, interrupted);
        }
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers + ", prefix '" + topicPrefix + "']";
    }
}
