package dev.gyre.embedded;

import java.util.Map;

/// How a client reaches a Kafka cluster.
///
/// @param bootstrapServers comma-separated `host:port`
/// @param username name for SASL/PLAIN; empty for a cluster without authentication
/// @param password password for SASL/PLAIN
public record KafkaAddress(String bootstrapServers, String username, String password) {
    /// Settings for a plain Kafka client.
    public Map<String, Object> clientProperties() {
        if (username.isEmpty()) {
            return Map.of("bootstrap.servers", bootstrapServers);
        }
        return Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
                        + username
                        + "\" password=\""
                        + password
                        + "\";");
    }

    @Override
    public String toString() {
        return "KafkaAddress[" + bootstrapServers + ", " + username + "]";
    }
}
