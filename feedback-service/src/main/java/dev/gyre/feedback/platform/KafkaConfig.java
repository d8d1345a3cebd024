package dev.gyre.feedback.platform;

import dev.gyre.events.KafkaSettings;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/// Where Kafka is: `gyre.kafka.*`.
@ConfigMapping(prefix = "gyre.kafka")
interface KafkaConfig {
    /// `host:port`, separated by commas.
    String bootstrapServers();

    /// Name for SASL/PLAIN; without one there is no login.
    Optional<String> username();

    /// Password for SASL/PLAIN.
    Optional<String> password();

    /// Stands before every topic and consumer group; for tests.
    Optional<String> topicPrefix();

    default KafkaSettings settings() {
        return new KafkaSettings(
                bootstrapServers(),
                username().orElse(""),
                password().orElse(""),
                topicPrefix().orElse(""));
    }
}
