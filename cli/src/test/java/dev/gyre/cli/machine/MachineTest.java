package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.embedded.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    private static final Set<Service> ALL = Set.of(Service.values());

    @TempDir Path folder;
    private GyreHome home;

    @BeforeEach
    void makeHome() {
        home = new GyreHome(Path.of(System.getProperty("gyre.root")), folder.resolve("home"));
    }

    @Test
    void saysWhichPortIsTakenAndLeavesNothingBehind() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(Ports.LOOPBACK))) {
            int offset = taken.getLocalPort() - Infrastructure.postgresPort(0);
            org.junit.jupiter.api.Assumptions.assumeTrue(offset >= 0 && offset <= 40_000);

            assertThatThrownBy(
                            () ->
                                    Machine.start(
                                            home, new Machine.Plan(offset, ALL), Map.of(), _ -> {}))
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + ", for PostgreSQL")
                    .hasMessageContaining("--port-offset");
        }

        assertThat(OwnerLock.isTaken(home)).isFalse();
        assertThat(RunRecord.readAll(home)).isEmpty();
        assertThat(MachineStatus.of(home)).isEmpty();
    }

    @Test
    void saysHowToBuildAServiceThatIsNotBuilt() {
        GyreHome empty = new GyreHome(folder.resolve("checkout"), folder.resolve("home"));

        assertThatThrownBy(
                        () ->
                                Machine.start(
                                        empty, new Machine.Plan(0, Set.of()), Map.of(), _ -> {}))
                .hasMessageContaining("has not been built")
                .hasMessageContaining("./gyre build");
    }

    @Test
    void refusesAnOffsetThatLeavesThePortRange() {
        assertThatThrownBy(() -> new Machine.Plan(60_000, ALL))
                .hasMessageContaining("60000")
                .hasMessageContaining("40000");
    }
}
