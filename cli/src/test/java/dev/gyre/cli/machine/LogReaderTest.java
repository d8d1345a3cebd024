package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    @TempDir Path folder;
    private GyreHome home;

    @BeforeEach
    void makeHome() throws IOException {
        home = new GyreHome(folder, folder.resolve("home"));
        home.create();
        Files.writeString(home.log("kafka"), "one\ntwo\nthree\n");
    }

    @Test
    void showsTheLastLines() {
        assertThat(LogReader.of(home, "kafka").tail(2)).isEqualTo("two\nthree");
    }

    @Test
    void namesTheLogsThereAre() {
        assertThatThrownBy(() -> LogReader.of(home, "kafak"))
                .hasMessage("there is no log of 'kafak'; there are kafka");
    }

    @Test
    void refusesANegativeNumberOfLines() {
        assertThatThrownBy(() -> LogReader.of(home, "kafka").tail(-1))
                .hasMessageContaining("-1 lines");
    }

    @Test
    void keepsAFullLogOnceAndBeginsANewOne() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(home.log("kafka").toFile(), "rw")) {
            file.setLength((16L << 20) + 1);
        }

        LogFile.rolled(home.log("kafka"));

        assertThat(home.log("kafka")).doesNotExist();
        assertThat(home.logs().resolve("kafka.log.1")).exists();
    }
}
