package dev.gyre.platform;

import dev.gyre.events.KafkaSettings;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/// Where Kafka is.
@ConfigMapping(prefix = "gyre.kafka")
public interface KafkaConfig {
    /// `host:port`, separated by commas.
    String bootstrapServers();

    /// Name for SASL/PLAIN; unset: no login.
    Optional<String> username();

    /// Password for SASL/PLAIN.
    Optional<String> password();

    /// Stands before every topic and consumer group; unset in production, unique per test.
    Optional<String> topicPrefix();

    /// The same as a value.
    default KafkaSettings settings() {
        return new KafkaSettings(
                bootstrapServers(),
                username().orElse(""),
                password().orElse(""),
                topicPrefix().orElse(""));
    }
}
