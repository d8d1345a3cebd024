package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.Supervisor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedTest {
    @TempDir Path folder;
    private final List<Child> children = Collections.synchronizedList(new ArrayList<>());
    private final LinkedBlockingQueue<String> reports = new LinkedBlockingQueue<>();
    private GyreHome home;

    @BeforeEach
    void makeHome() {
        home = new GyreHome(folder, folder.resolve("home"));
        home.create();
    }

    @AfterEach
    void endChildren() {
        children.forEach(Child::close);
    }

    @Test
    void startsAKilledChildAgain() throws InterruptedException {
        Supervised supervised = supervised("sleep 60", true);
        supervised.start();
        supervised.awaitReady();
        long first = pidOf(0);

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        assertThat(reports.poll(10, TimeUnit.SECONDS))
                .contains("stand-in ended with status 137; starting it again in 1 s");
        assertThat(reports.poll(10, TimeUnit.SECONDS)).isEqualTo("stand-in is healthy again");
        assertThat(pidOf(1)).isNotEqualTo(first);
        assertThat(RunRecord.read(home, "stand-in").orElseThrow().mark().pid()).isEqualTo(pidOf(1));
        supervised.stop();
    }

    @Test
    void waitsLongerBeforeEachNewStart() throws InterruptedException {
        Supervised supervised = supervised("[ -e again ] && exit 3; touch again; sleep 60", true);
        supervised.start();
        supervised.awaitReady();

        ProcessHandle.of(pidOf(0)).orElseThrow().destroyForcibly();

        assertThat(nextEnding()).contains("status 137").contains("in 1 s");
        assertThat(nextEnding()).contains("status 3").contains("in 2 s");
        assertThat(nextEnding()).contains("status 3").contains("in 4 s");
        supervised.stop();
    }

    @Test
    void goesOnWhenANewStartIsImpossible() throws InterruptedException {
        Supervised supervised =
                new Supervised(
                        new Supervised.Plan(
                                "stand-in",
                                () -> {
                                    if (children.isEmpty()) {
                                        return launch("sleep 60");
                                    }
                                    throw new IllegalStateException("no memory");
                                },
                                () -> true,
                                Duration.ofSeconds(10)),
                        home,
                        0,
                        reports::add);
        supervised.start();
        supervised.awaitReady();

        ProcessHandle.of(pidOf(0)).orElseThrow().destroyForcibly();

        assertThat(nextEnding()).contains("status 137");
        assertThat(nextEnding()).contains("stand-in cannot be started: no memory");
        assertThat(nextEnding()).contains("stand-in cannot be started: no memory");
        supervised.stop();
    }

    @Test
    void tellsTheEndOfTheLogWhenTheFirstStartFails() {
        Supervised supervised = supervised("echo no such disk; exit 4", false);
        supervised.start();

        assertThatThrownBy(supervised::awaitReady)
                .isInstanceOf(CliException.class)
                .hasMessageContaining("stand-in ended with status 4 while starting")
                .hasMessageContaining("no such disk");
        assertThat(children).hasSize(1);
    }

    @Test
    void givesUpAFirstStartThatTakesTooLong() {
        Supervised supervised = supervised("sleep 60", false);
        supervised.start();

        assertThatThrownBy(supervised::awaitReady)
                .hasMessageContaining("stand-in is not healthy after 2 s");
        assertThat(children.getFirst().isAlive()).isFalse();
    }

    @Test
    void staysDownAfterStop() throws InterruptedException {
        Supervised supervised = supervised("sleep 60", true);
        supervised.start();
        supervised.awaitReady();

        supervised.stop();

        assertThat(children.getFirst().isAlive()).isFalse();
        assertThat(reports.poll(1500, TimeUnit.MILLISECONDS)).isNull();
        assertThat(children).hasSize(1);
        assertThat(RunRecord.read(home, "stand-in")).isEmpty();
    }

    private String nextEnding() throws InterruptedException {
        while (true) {
            String report = reports.poll(20, TimeUnit.SECONDS);
            assertThat(report).as("a report within 20 s").isNotNull();
            if (report.contains("starting it again")) {
                return report;
            }
        }
    }

    private Supervised supervised(String script, boolean ready) {
        return new Supervised(
                new Supervised.Plan(
                        "stand-in", () -> launch(script), () -> ready, Duration.ofSeconds(2)),
                home,
                0,
                reports::add);
    }

    private Child launch(String script) {
        Child child =
                Child.start(
                        "stand-in",
                        Supervisor.around(List.of("/bin/sh", "-c", script)),
                        Map.of(),
                        folder,
                        home.log("stand-in"));
        children.add(child);
        return child;
    }

    private long pidOf(int index) {
        return children.get(index).handle().pid();
    }
}
