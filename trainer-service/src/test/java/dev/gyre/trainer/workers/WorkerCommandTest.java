package dev.gyre.trainer.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.trainer.jobs.Job;
import dev.gyre.trainer.jobs.TestRequests;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkerCommandTest {
    @Test
    void startsANiceJvmWithCappedThreads() {
        WorkerCommand command = command(Map.of("gyre.worker.threads", "2"), Map.of());

        assertThat(command.arguments())
                .startsWith("nice", "-n", "10")
                .containsSequence(
                        "-XX:ActiveProcessorCount=2",
                        "-cp",
                        "jars/*",
                        "dev.gyre.training.worker.Worker",
                        "/store",
                        "job",
                        "0",
                        "--project",
                        "default",
                        "--checkpoint-seconds",
                        "60.0");
        assertThat(command.environment())
                .containsEntry("OMP_NUM_THREADS", "2")
                .containsEntry("OPENBLAS_NUM_THREADS", "2")
                .containsEntry("MKL_NUM_THREADS", "2")
                .containsEntry("GYRE_ARTIFACTS_CACHE", "/cache");
    }

    @Test
    void splitsTheJavaOptions() {
        WorkerCommand command =
                command(Map.of("gyre.worker.java-options", "  -Xmx2g   -Da=b "), Map.of());

        assertThat(command.arguments().subList(4, 6)).isEqualTo(List.of("-Xmx2g", "-Da=b"));
    }

    @Test
    void keepsTheServicesSecretsFromTheWorker() {
        WorkerCommand command =
                command(
                        Map.of(),
                        Map.of(
                                "PATH", "/bin",
                                "MASTER_ADDR", "10.0.0.1",
                                "GYRE_KAFKA_PASSWORD", "secret",
                                "GYRE_TOKENS_SERVICE", "secret",
                                "QUARKUS_DATASOURCE_PASSWORD", "secret"));

        assertThat(command.environment())
                .containsEntry("PATH", "/bin")
                .containsEntry("MASTER_ADDR", "10.0.0.1")
                .doesNotContainValue("secret");
    }

    private static WorkerCommand command(
            Map<String, String> settings, Map<String, String> surroundings) {
        Job job = TestRequests.job("job", TestRequests.pretrain("fast", 1));
        return WorkerCommand.of(
                TestWorkers.config(settings),
                "jars/*",
                "/store",
                Path.of("/cache"),
                job,
                surroundings);
    }
}
