package dev.gyre.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gyre.events.KafkaSettings;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Names and defaults of every shared setting: a renamed one fails here before it fails somebody's
/// start.
class ConfigTest {
    @Test
    void kafkaHasItsNamesAndDefaults() {
        assertThat(
                        read(KafkaConfig.class, Map.of("gyre.kafka.bootstrap-servers", "h:1"))
                                .settings())
                .isEqualTo(new KafkaSettings("h:1", "", "", ""));
        assertThat(
                        read(
                                        KafkaConfig.class,
                                        Map.of(
                                                "gyre.kafka.bootstrap-servers", "h:1",
                                                "gyre.kafka.username", "u",
                                                "gyre.kafka.password", "p",
                                                "gyre.kafka.topic-prefix", "t."))
                                .settings())
                .isEqualTo(new KafkaSettings("h:1", "u", "p", "t."));
        assertThatExceptionOfType(ConfigValidationException.class)
                .isThrownBy(() -> read(KafkaConfig.class, Map.of()))
                .withMessageContaining("gyre.kafka.bootstrap-servers");
    }

    @Test
    void artifactsHaveTheirNamesAndDefaults() {
        ArtifactsConfig config =
                read(
                        ArtifactsConfig.class,
                        Map.of("gyre.artifacts.location", "/a", "gyre.artifacts.cache", "/c"));

        assertThat(config.location()).isEqualTo("/a");
        assertThat(config.cache()).isEqualTo(Path.of("/c"));
        assertThat(read(ArtifactsConfig.class, Map.of("gyre.artifacts.location", "/a")).cache())
                .isEqualTo(Path.of(System.getProperty("java.io.tmpdir"), "gyre-cache"));
    }

    @Test
    void accessHasItsNamesAndDefaults() {
        AccessConfig config =
                read(
                        AccessConfig.class,
                        Map.of("gyre.access.public-keys", "/k", "gyre.access.issuer", "i"));

        assertThat(config.publicKeys()).isEqualTo(Path.of("/k"));
        assertThat(config.issuer()).isEqualTo("i");
        assertThat(read(AccessConfig.class, Map.of("gyre.access.public-keys", "/k")).issuer())
                .isEqualTo("gyre-local");
    }

    private static <T> T read(Class<T> mapping, Map<String, String> values) {
        SmallRyeConfig config =
                new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .addSystemSources()
                        .withMapping(mapping)
                        .withSources(new PropertiesConfigSource(values, "test", 400))
                        .build();
        return config.getConfigMapping(mapping);
    }
}
