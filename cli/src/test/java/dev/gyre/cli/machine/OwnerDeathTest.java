package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.cli.Gyre;
import dev.gyre.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real command with the real Kafka and PostgreSQL, without the services.
class OwnerDeathTest {
    @TempDir Path folder;
    private final List<Process> started = new ArrayList<>();
    private int portOffset;

    @BeforeEach
    void findFreePorts() {
        portOffset = 1_000;
        while (!Ports.isFree(Infrastructure.kafkaPort(portOffset))
                || !Ports.isFree(Infrastructure.kafkaPort(portOffset) + 1)
                || !Ports.isFree(Infrastructure.postgresPort(portOffset))) {
            portOffset += 7;
        }
    }

    @AfterEach
    void endAll() {
        started.forEach(Process::destroy);
    }

    @Test
    void nothingIsLeftOfAKilledOwnerAndTheNextOneWorksAndDownEndsIt() throws Exception {
        Process first = up();
        awaitText(first, "Ctrl-C");
        List<ProcessHandle> children = first.descendants().toList();
        assertThat(children).hasSizeGreaterThan(3);

        first.destroyForcibly().waitFor();

        assertThat(alive(children)).isEmpty();
        assertThat(output(gyre("status"))).contains("does not run");

        Process second = up();
        awaitText(second, "Ctrl-C");
        assertThat(output(gyre("status"))).contains("kafka").contains("healthy");
        assertThat(output(up())).contains("already runs").contains("process " + second.pid());
        List<ProcessHandle> nextChildren = second.descendants().toList();

        assertThat(output(gyre("down"))).contains("ended kafka, postgresql");

        assertThat(second.waitFor(1, TimeUnit.SECONDS)).isTrue();
        assertThat(alive(nextChildren)).isEmpty();
        assertThat(output(gyre("down"))).contains("nothing runs");
    }

    private Process up() throws IOException {
        return gyre(
                "up",
                "--port-offset",
                Integer.toString(portOffset),
                "--without",
                "feedback,inference,trainer,tokenizer");
    }

    private Process gyre(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.load().of("cli"));
        command.add("-Dgyre.root=" + System.getProperty("gyre.root"));
        command.add("-Dgyre.home=" + folder.resolve("home"));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Gyre.class.getName());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out-" + started.size()).toFile())
                        .start();
        started.add(process);
        return process;
    }

    private String output(Process process) throws IOException, InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends within 60 s").isTrue();
        return text(process);
    }

    private void awaitText(Process process, String wanted)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!text(process).contains(wanted)) {
            assertThat(process.isAlive() && System.nanoTime() < end)
                    .as("'%s' within 90 s in:%n%s", wanted, text(process))
                    .isTrue();
            Thread.sleep(100);
        }
    }

    private String text(Process process) throws IOException {
        return Files.readString(folder.resolve("out-" + started.indexOf(process)));
    }

    private static List<ProcessHandle> alive(List<ProcessHandle> processes)
            throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < end && processes.stream().anyMatch(ProcessHandle::isAlive)) {
            Thread.sleep(100);
        }
        return processes.stream().filter(ProcessHandle::isAlive).toList();
    }
}
