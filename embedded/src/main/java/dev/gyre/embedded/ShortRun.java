package dev.gyre.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program that is run to its end.
final class ShortRun {
    private static final long LIMIT_SECONDS = 120;

    private ShortRun() {}

    /// Runs a program and waits for it.
    ///
    /// @throws IllegalStateException if it fails or takes over two minutes; the message ends in its
    ///   output
    static void of(String what, List<String> command, Path folder, Path log) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        what + " took over " + LIMIT_SECONDS + " s:\n" + LogTail.of(log, 30));
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        what
                                + " failed with status "
                                + process.exitValue()
                                + ":\n"
                                + LogTail.of(log, 30));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }
}
