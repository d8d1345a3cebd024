package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.embedded.ProcessMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    @TempDir Path folder;
    private GyreHome home;
    private Process process;

    @BeforeEach
    void startProcess() throws IOException {
        home = new GyreHome(folder, folder.resolve("home"));
        home.create();
        process = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void endProcess() {
        process.destroyForcibly();
    }

    @Test
    void endsTheVeryProcessThatWasStarted() throws InterruptedException {
        new RunRecord("sleeper", ProcessMark.of(process.toHandle()).orElseThrow(), 0).write(home);

        assertThat(Leftovers.reap(home)).containsExactly("sleeper");

        assertThat(process.waitFor(1, TimeUnit.SECONDS)).isTrue();
        assertThat(RunRecord.readAll(home)).isEmpty();
    }

    @Test
    void leavesAProcessWithTheSameIdAndAnotherStartTime() throws InterruptedException {
        ProcessMark mark = ProcessMark.of(process.toHandle()).orElseThrow();
        new RunRecord("sleeper", new ProcessMark(mark.pid(), mark.startMillis() - 10), 0)
                .write(home);

        assertThat(Leftovers.reap(home)).isEmpty();

        assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(RunRecord.readAll(home)).isEmpty();
    }

    @Test
    void takesNoHarmFromARecordThatWasCutShort() throws IOException {
        Files.writeString(home.run().resolve("kafka.json"), "{\"pid\": 1");

        assertThat(Leftovers.reap(home)).isEmpty();
    }

    @Test
    void neverEndsItself() {
        new RunRecord("up", ProcessMark.ofThisProcess(), 0).write(home);

        assertThat(Leftovers.reap(home)).isEmpty();
    }
}
