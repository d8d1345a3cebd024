package dev.gyre.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerDeathTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir Path folder;

    @Test
    void nothingIsLeftTenSecondsAfterTheOwnerWasKilled() throws Exception {
        Process owner = startOwner();
        List<ProcessHandle> children = awaitChildren(owner);
        assertThat(children).hasSizeGreaterThan(4); // Kafka, the supervisor, PostgreSQL's own

        owner.destroyForcibly().waitFor();

        assertThat(alive(children, LIMIT)).isEmpty();
    }

    @Test
    void theNextOwnerStartsOnWhatAKilledOneLeft() throws Exception {
        Process owner = startOwner();
        List<ProcessHandle> children = awaitChildren(owner);
        children.forEach(ProcessHandle::destroyForcibly); // no clean shutdown at all
        owner.destroyForcibly().waitFor();
        assertThat(folder.resolve("postgresql/data/postmaster.pid")).exists();

        Process next = startOwner();

        List<ProcessHandle> nextChildren = awaitChildren(next);
        next.getOutputStream().close();
        assertThat(next.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(alive(nextChildren, LIMIT)).isEmpty();
    }

    /// Owns both servers until its standard input ends.
    static final class Owner {
        private Owner() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            Installation installation = Installation.ofThisBuild();
            try (EmbeddedKafka kafka =
                            EmbeddedKafka.start(
                                    new EmbeddedKafka.Settings(
                                            installation,
                                            folder.resolve("kafka"),
                                            folder.resolve("kafka.log"),
                                            Ports.free(),
                                            Ports.free(),
                                            "gyre",
                                            "secret",
                                            EmbeddedKafka.DEFAULT_JVM_OPTIONS));
                    EmbeddedPostgres postgres =
                            EmbeddedPostgres.start(
                                    new EmbeddedPostgres.Settings(
                                            installation,
                                            folder.resolve("postgresql"),
                                            folder.resolve("postgresql.log"),
                                            Ports.free(),
                                            "gyre",
                                            "secret",
                                            true))) {
                System.out.println("ready " + kafka.isReady() + " " + postgres.isReady());
                while (System.in.read() >= 0) {
                    // only the end counts
                }
            }
        }
    }

    private Process startOwner() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-Dgyre.root=" + System.getProperty("gyre.root"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
    }

    private List<ProcessHandle> awaitChildren(Process owner) throws IOException {
        String line = owner.inputReader().readLine();
        assertThat(line).as("first line of the owner").isEqualTo("ready true true");
        return owner.descendants().toList();
    }

    private static List<ProcessHandle> alive(List<ProcessHandle> processes, Duration limit)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end && processes.stream().anyMatch(ProcessHandle::isAlive)) {
            Thread.sleep(100);
        }
        return processes.stream().filter(ProcessHandle::isAlive).toList();
    }
}
