package dev.gyre.cli.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;

/// One line that tells how far something is: rewritten in place on a terminal, printed every five
/// seconds elsewhere.
public final class Progress implements AutoCloseable {
    private static final long TERMINAL_NANOS = Duration.ofMillis(200).toNanos();
    private static final long FILE_NANOS = Duration.ofSeconds(5).toNanos();

    private final PrintStream out;
    private final boolean terminal;
    private long lastNanos;
    private String last = "";

    /// Progress on this process' standard output.
    public Progress() {
        this(System.out, isTerminal());
    }

    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        this.lastNanos = System.nanoTime() - FILE_NANOS;
    }

    /// Shows the line, unless another one was shown a moment ago.
    public void show(String line) {
        long now = System.nanoTime();
        if (now - lastNanos < (terminal ? TERMINAL_NANOS : FILE_NANOS) || line.equals(last)) {
            return;
        }
        lastNanos = now;
        last = line;
        if (terminal) {
            out.print("\r\033[K  " + line);
            out.flush();
        } else {
            out.println("  " + line);
        }
    }

    /// Removes the line from a terminal.
    @Override
    public void close() {
        if (terminal && !last.isEmpty()) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
