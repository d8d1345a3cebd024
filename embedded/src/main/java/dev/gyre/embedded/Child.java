package dev.gyre.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A child process that ends when its owner does: its standard input is a pipe that this process
/// holds open, and the child watches it ([Tether] in a JVM, a small shell script for PostgreSQL).
///
/// The child gets a session of its own, so that Ctrl-C in a terminal reaches only the owner, which
/// then stops its children in order.
public final class Child implements AutoCloseable {
    private static final Path SET_SESSION = Path.of("/usr/bin/setsid");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(9);

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// Starts a child.
    ///
    /// @param name name for messages
    /// @param command command line; has to end at the end of its standard input
    /// @param environment variables added to this process' own
    /// @param folder working directory; made when it is missing
    /// @param log file that standard output and error are appended to
    /// @throws UncheckedIOException if the process cannot be started
    public static Child start(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path folder,
            Path log) {
        List<String> whole = new ArrayList<>();
        if (Files.isExecutable(SET_SESSION)) {
            whole.add(SET_SESSION.toString());
        }
        whole.addAll(command);
        try {
            Files.createDirectories(folder);
            Files.createDirectories(log.toAbsolutePath().getParent());
            ProcessBuilder builder =
                    new ProcessBuilder(whole)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return new Child(name, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + ": " + command.getFirst(), e);
        }
    }

    /// Name for messages.
    public String name() {
        return name;
    }

    /// The process.
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /// File with the child's output.
    public Path log() {
        return log;
    }

    /// Whether the process runs.
    public boolean isAlive() {
        return process.isAlive();
    }

    /// Exit status.
    ///
    /// @throws IllegalThreadStateException if the process still runs
    public int exitStatus() {
        return process.exitValue();
    }

    /// Completes with the exit status when the process ends.
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /// Asks the process to end by closing its pipe; returns at once.
    public void release() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe of a process that has ended is already broken.
        }
    }

    /// Ends the process: gently by closing its pipe, with SIGKILL after nine seconds.
    @Override
    public void close() {
        release();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /// Last lines of the child's output, for error messages.
    public String logTail() {
        return LogTail.of(log, 30);
    }
}
