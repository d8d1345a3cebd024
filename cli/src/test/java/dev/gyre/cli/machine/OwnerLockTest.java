package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerLockTest {
    @TempDir Path folder;
    private GyreHome home;

    @BeforeEach
    void makeHome() {
        home = new GyreHome(folder, folder.resolve("home"));
        home.create();
    }

    @Test
    void admitsOneOwnerAndNamesIt() {
        try (OwnerLock owner = OwnerLock.take(home)) {
            assertThat(owner).isNotNull();
            assertThat(OwnerLock.isTaken(home)).isTrue();
            assertThatThrownBy(() -> OwnerLock.take(home))
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("./gyre down");
        }
    }

    @Test
    void isFreeAgainAfterItsOwner() {
        OwnerLock.take(home).close();

        assertThat(OwnerLock.isTaken(home)).isFalse();
        OwnerLock.take(home).close();
    }
}
