package dev.gyre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.cli.machine.ExitStatus;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.embedded.PrivateFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GyreTest {
    @TempDir Path folder;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private GyreHome home;

    @BeforeEach
    void makeHome() {
        home = new GyreHome(folder, folder.resolve("home"));
        home.create();
    }

    @Test
    void tokenOpensTheDoorsWithTheRolesAskedFor() throws IOException {
        String privateKeys = TokenIssuer.newPrivateKeys();
        PrivateFile.write(home.keys().resolve("issuer.private.json"), privateKeys);

        assertThat(
                        run(
                                "token",
                                "--role",
                                "operator,rater",
                                "--project",
                                "poems",
                                "--subject",
                                "ada"))
                .isEqualTo(ExitStatus.DONE);

        String publicKeys =
                new TokenIssuer(privateKeys, "gyre-local", Clock.systemUTC()).publicKeys();
        Identity identity =
                new TokenVerifier(publicKeys, "gyre-local", Clock.systemUTC())
                        .verify(output().strip(), TokenVerifier.ACCESS)
                        .identity();
        assertThat(identity.subject()).isEqualTo("ada");
        assertThat(identity.roles()).containsExactlyInAnyOrder(Role.OPERATOR, Role.RATER);
        assertThat(identity.projects()).containsExactly("poems");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frob",
                "up --port-offset x",
                "up --without kitchen",
                "token --role king",
                "chat",
                "releases promote smollm2",
                "jobs pretrain --corpus wiki@0123456789abcdef",
                "jobs pretrain --model tiny --corpus wiki",
                "logs"
            })
    void wrongCommandLinesEndWithStatusTwo(String line) {
        assertThat(run(line.split(" "))).isEqualTo(ExitStatus.USAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "jobs list",
                "jobs pretrain --model tiny",
                "releases list",
                "dlq list",
                "chat hello",
                "token"
            })
    void clientsSayThatGyreDoesNotRun(String line) {
        assertThat(run(line.split(" "))).isEqualTo(ExitStatus.NOT_RUNNING);
    }

    @Test
    void downHasNothingToDoWhereNothingRuns() {
        assertThat(run("down")).isEqualTo(ExitStatus.DONE);
        assertThat(output()).startsWith("nothing runs in ");
    }

    @Test
    void everyCommandExplainsItself() {
        assertThat(run("--help")).isEqualTo(ExitStatus.DONE);
        for (String command : new String[] {"up", "jobs", "releases", "dlq", "logs", "token"}) {
            assertThat(output()).contains("  " + command + " ");
        }
    }

    private int run(String... arguments) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var line = Gyre.commandLine(home, out);
        line.setOut(new java.io.PrintWriter(out, true));
        return line.execute(arguments);
    }

    private String output() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
