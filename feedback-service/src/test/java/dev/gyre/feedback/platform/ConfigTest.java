package dev.gyre.feedback.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.feedback.completions.CompletionsConfig;
import dev.gyre.feedback.rounds.RoundsConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Names and defaults of every setting: a renamed one fails here before it fails somebody's start.
class ConfigTest {
    @Test
    void roundsAndCompletionsHaveTheirNamesAndDefaults() {
        assertThat(read(RoundsConfig.class, Map.of()).checkInterval())
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(
                        read(RoundsConfig.class, Map.of("gyre.rounds.check-interval", "5s"))
                                .checkInterval())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(read(CompletionsConfig.class, Map.of()).keepUnrated())
                .isEqualTo(Duration.ofDays(30));
        assertThat(
                        read(CompletionsConfig.class, Map.of("gyre.completions.keep-unrated", "1h"))
                                .keepUnrated())
                .isEqualTo(Duration.ofHours(1));
    }

    private static <C> C read(Class<C> mapping, Map<String, String> settings) {
        SmallRyeConfig config =
                new SmallRyeConfigBuilder()
                        .withMapping(mapping)
                        .withConverter(Duration.class, 200, new DurationConverter())
                        .withSources(new PropertiesConfigSource(settings, "test", 100))
                        .build();
        return config.getConfigMapping(mapping);
    }
}
