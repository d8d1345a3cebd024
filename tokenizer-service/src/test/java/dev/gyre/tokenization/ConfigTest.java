package dev.gyre.tokenization;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Names and defaults of every setting: a renamed one breaks somebody's deployment.
class ConfigTest {
    @Test
    void hasTheseDefaults() {
        LimitsConfig limits = config(Map.of()).getConfigMapping(LimitsConfig.class);

        assertThat(limits.loadedTokenizers()).isEqualTo(4);
        assertThat(limits.concurrentRequests()).isEqualTo(2);
        assertThat(limits.queueTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(limits.maxTrainingTextBytes()).isEqualTo(4L << 30);
        assertThat(limits.trainingMemoryBytes()).isEqualTo(320_000_000);
        assertThat(limits.trainingIdleTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(limits.trainingTakeover()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void hasTheseNames() {
        LimitsConfig limits =
                config(
                                Map.of(
                                        "gyre.tokenization.loaded-tokenizers", "1",
                                        "gyre.tokenization.concurrent-requests", "3",
                                        "gyre.tokenization.queue-timeout", "5s",
                                        "gyre.tokenization.max-training-text-bytes", "6",
                                        "gyre.tokenization.training-memory-bytes", "7",
                                        "gyre.tokenization.training-idle-timeout", "8s",
                                        "gyre.tokenization.training-takeover", "9s"))
                        .getConfigMapping(LimitsConfig.class);

        assertThat(limits.loadedTokenizers()).isEqualTo(1);
        assertThat(limits.concurrentRequests()).isEqualTo(3);
        assertThat(limits.queueTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(limits.maxTrainingTextBytes()).isEqualTo(6);
        assertThat(limits.trainingMemoryBytes()).isEqualTo(7);
        assertThat(limits.trainingIdleTimeout()).isEqualTo(Duration.ofSeconds(8));
        assertThat(limits.trainingTakeover()).isEqualTo(Duration.ofSeconds(9));
    }

    private static SmallRyeConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(LimitsConfig.class)
                .withDefaultValues(values)
                .build();
    }
}
