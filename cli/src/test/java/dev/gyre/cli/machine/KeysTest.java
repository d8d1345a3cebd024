package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
    @TempDir Path folder;
    private GyreHome home;

    @BeforeEach
    void makeHome() {
        home = new GyreHome(folder, folder.resolve("home"));
        home.create();
    }

    @Test
    void areReadableByTheirOwnerOnly() throws IOException {
        Keys keys = Keys.ensure(home);
        keys.kafkaPassword();
        keys.postgresPassword();
        keys.databasePassword("trainer");

        try (Stream<Path> files = Files.list(home.keys())) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(5);
            for (Path file : all) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void stayTheSame() {
        String first = Keys.ensure(home).kafkaPassword();

        assertThat(Keys.ensure(home).kafkaPassword()).isEqualTo(first).hasSize(48);
    }

    @Test
    void areMissingBeforeTheFirstStart() {
        assertThatThrownBy(() -> Keys.of(home))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("./gyre up");
    }
}
