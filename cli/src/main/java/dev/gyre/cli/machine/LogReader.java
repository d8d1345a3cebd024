package dev.gyre.cli.machine;

import dev.gyre.embedded.LogTail;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The output of one process.
public final class LogReader {
    private static final long POLL_MILLIS = 300;

    private final Path log;

    private LogReader(Path log) {
        this.log = log;
    }

    /// The output of a process of a home.
    ///
    /// @throws CliException if there is none; the message names the processes that have one
    public static LogReader of(GyreHome home, String process) {
        List<String> known = processes(home);
        if (!known.contains(process)) {
            throw new CliException(
                    ExitStatus.USAGE,
                    known.isEmpty()
                            ? "there are no logs in " + home.logs() + " yet"
                            : "there is no log of '"
                                    + process
                                    + "'; there are "
                                    + String.join(", ", known));
        }
        return new LogReader(home.log(process));
    }

    /// The last lines.
    public String tail(int lines) {
        if (lines < 0 || lines > 1_000_000) {
            throw new CliException(ExitStatus.USAGE, lines + " lines are outside of 0 to 1000000");
        }
        return LogTail.of(log, lines);
    }

    /// Prints what is written from now on, until this thread is interrupted.
    public void follow(PrintStream out) throws InterruptedException {
        try {
            long position = Files.size(log);
            byte[] buffer = new byte[8192];
            while (true) {
                long size = Files.size(log);
                position = size < position ? 0 : position; // it was begun anew
                try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                    file.seek(position);
                    for (int read = file.read(buffer); read > 0; read = file.read(buffer)) {
                        out.write(buffer, 0, read);
                        position += read;
                    }
                }
                out.flush();
                Thread.sleep(POLL_MILLIS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    private static List<String> processes(GyreHome home) {
        if (!Files.isDirectory(home.logs())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(home.logs())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".log"))
                    .map(name -> name.substring(0, name.length() - ".log".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + home.logs(), e);
        }
    }
}
