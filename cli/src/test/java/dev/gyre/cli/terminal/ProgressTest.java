package dev.gyre.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void printsPlainLinesSparinglyOutsideOfATerminal() {
        try (Progress progress = new Progress(out, false)) {
            progress.show("1 of 3");
            progress.show("2 of 3");
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("  1 of 3\n");
    }

    @Test
    void rewritesItsLineOnATerminalAndRemovesItAtTheEnd() {
        try (Progress progress = new Progress(out, true)) {
            progress.show("1 of 3");
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\r\033[K  1 of 3\r\033[K");
    }
}
