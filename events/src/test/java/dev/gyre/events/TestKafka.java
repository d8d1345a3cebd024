package dev.gyre.events;

import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.SharedInfrastructure;

/// Topics of its own for each test.
final class TestKafka {
    private TestKafka() {}

    static KafkaSettings settings() {
        KafkaAddress kafka = SharedInfrastructure.get().kafka();
        return new KafkaSettings(
                kafka.bootstrapServers(),
                kafka.username(),
                kafka.password(),
                SharedInfrastructure.get().newTopicPrefix());
    }
}
