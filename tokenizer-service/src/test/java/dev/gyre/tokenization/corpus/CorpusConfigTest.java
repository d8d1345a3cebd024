package dev.gyre.tokenization.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.tokenization.corpus.text.CorpusRules;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names and defaults of the settings: a renamed one breaks somebody's deployment.
class CorpusConfigTest {
    @TempDir Path folder;

    @Test
    void hasTheseNamesAndDefaults() {
        CorpusConfig defaults = config(Map.of("java.io.tmpdir", "/t"));
        CorpusConfig given =
                config(
                        Map.of(
                                "gyre.corpus.state", "/s",
                                "gyre.corpus.rules", "/r",
                                "gyre.corpus.threads", "3",
                                "gyre.corpus.inline-text-bytes", "4",
                                "gyre.corpus.commit-interval", "7ms",
                                "gyre.corpus.seal-timeout", "5s",
                                "gyre.corpus.rocksdb-bytes", "6"));

        assertThat(defaults.state()).isEqualTo(Path.of("/t/gyre-corpus"));
        assertThat(defaults.rules()).isEmpty();
        assertThat(defaults.threads()).isEqualTo(2);
        assertThat(defaults.inlineTextBytes()).isEqualTo(16_384);
        assertThat(defaults.commitInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(defaults.sealTimeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(defaults.rocksdbBytes()).isEqualTo(48 << 20);
        assertThat(given.state()).isEqualTo(Path.of("/s"));
        assertThat(given.rules()).contains(Path.of("/r"));
        assertThat(given.threads()).isEqualTo(3);
        assertThat(given.inlineTextBytes()).isEqualTo(4);
        assertThat(given.commitInterval()).isEqualTo(Duration.ofMillis(7));
        assertThat(given.sealTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(given.rocksdbBytes()).isEqualTo(6);
    }

    @Test
    void readsWhatOfTheRulesDiffers() throws Exception {
        Path file = folder.resolve("rules.json");
        Files.writeString(
                file, "{\"quality\": {\"min_words\": 3}, \"deduplication\": {\"threshold\": 0.7}}");
        CorpusRules rules = Cleaning.read(file);

        assertThat(rules.quality().minWords()).isEqualTo(3);
        assertThat(rules.deduplication().threshold()).isEqualTo(0.7);
        assertThat(rules.repetition()).isEqualTo(CorpusRules.DEFAULT.repetition());
        Files.writeString(file, "{\"quality\": {\"min_word\": 3}}");
        assertThatThrownBy(() -> Cleaning.read(file)).hasMessageContaining("min_word");
        Files.writeString(file, "{\"deduplication\": {\"threshold\": 7}}");
        assertThatThrownBy(() -> Cleaning.read(file)).hasMessageContaining("threshold");
    }

    private static CorpusConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(CorpusConfig.class)
                .withDefaultValues(values)
                .build()
                .getConfigMapping(CorpusConfig.class);
    }
}
