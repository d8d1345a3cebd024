package dev.gyre.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.trainer.jobs.JobsConfig;
import dev.gyre.trainer.workers.WorkerConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Names and defaults of every setting: a renamed one breaks somebody's deployment.
final class ConfigTest {
    @Test
    void jobsHaveTheseDefaults() {
        JobsConfig config = config(Map.of()).getConfigMapping(JobsConfig.class);

        assertThat(config.maxCrashes()).isEqualTo(3);
        assertThat(config.maxLosses()).isEqualTo(10);
        assertThat(config.retryDelay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.watchInterval()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void jobsHaveTheseNames() {
        JobsConfig config =
                config(
                                Map.of(
                                        "gyre.jobs.max-crashes", "4",
                                        "gyre.jobs.max-losses", "5",
                                        "gyre.jobs.retry-delay", "6s",
                                        "gyre.jobs.watch-interval", "7s"))
                        .getConfigMapping(JobsConfig.class);

        assertThat(config.maxCrashes()).isEqualTo(4);
        assertThat(config.maxLosses()).isEqualTo(5);
        assertThat(config.retryDelay()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.watchInterval()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void workersHaveTheseDefaults() {
        WorkerConfig config = config(Map.of()).getConfigMapping(WorkerConfig.class);

        assertThat(config.classPath()).isEmpty();
        assertThat(config.mainClass()).isEqualTo("dev.gyre.training.worker.Worker");
        assertThat(config.javaOptions()).contains("-XX:+ExitOnOutOfMemoryError");
        assertThat(config.nice()).isEqualTo(10);
        assertThat(config.threads()).isZero();
        assertThat(config.slots()).isEqualTo(1);
        assertThat(config.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.pollInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.progressInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.stopTimeout()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void workersHaveTheseNames() {
        WorkerConfig config =
                config(
                                Map.ofEntries(
                                        Map.entry("gyre.worker.class-path", "a.jar:b.jar"),
                                        Map.entry("gyre.worker.main-class", "Main"),
                                        Map.entry("gyre.worker.java-options", "-Xmx2g"),
                                        Map.entry("gyre.worker.nice", "1"),
                                        Map.entry("gyre.worker.threads", "2"),
                                        Map.entry("gyre.worker.slots", "3"),
                                        Map.entry("gyre.worker.lease", "4s"),
                                        Map.entry("gyre.worker.poll-interval", "5s"),
                                        Map.entry("gyre.worker.progress-interval", "6s"),
                                        Map.entry("gyre.worker.checkpoint-interval", "7s"),
                                        Map.entry("gyre.worker.stop-timeout", "8s")))
                        .getConfigMapping(WorkerConfig.class);

        assertThat(config.classPath()).contains("a.jar:b.jar");
        assertThat(config.mainClass()).isEqualTo("Main");
        assertThat(config.javaOptions()).isEqualTo("-Xmx2g");
        assertThat(config.nice()).isEqualTo(1);
        assertThat(config.threads()).isEqualTo(2);
        assertThat(config.slots()).isEqualTo(3);
        assertThat(config.lease()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.progressInterval()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.stopTimeout()).isEqualTo(Duration.ofSeconds(8));
    }

    private static SmallRyeConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(JobsConfig.class)
                .withMapping(WorkerConfig.class)
                .withDefaultValues(values)
                .build();
    }
}
