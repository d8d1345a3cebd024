package dev.gyre.trainer.workers;

import dev.gyre.trainer.jobs.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A worker's JVM. It holds one end of the worker's standard input: when this service dies, in
/// whatever way, that pipe closes and the worker ends.
final class WorkerProcess implements AutoCloseable {
    /// Exit status of a worker whose job cannot be done as asked.
    static final int REFUSED = 2;

    private static final int FIRST_SIGNAL = 128;
    private static final Duration OUTPUT_LIMIT = Duration.ofSeconds(5);

    private final Process process;
    private final Consumer<String> log;
    private final Tail errors = new Tail();
    private final AtomicReference<@Nullable Progress> unread = new AtomicReference<>();
    private final AtomicReference<@Nullable String> lastError = new AtomicReference<>();
    private final Thread output;
    private final Thread errorOutput;

    private WorkerProcess(Process process, Consumer<String> log) {
        this.process = process;
        this.log = log;
        this.output =
                Thread.ofVirtual()
                        .start(() -> Lines.forEach(process.getInputStream(), this::takeOutput));
        this.errorOutput =
                Thread.ofVirtual()
                        .start(() -> Lines.forEach(process.getErrorStream(), this::takeError));
    }

    /// Starts a worker.
    ///
    /// @param log gets every line that is not progress
    /// @throws IOException when the JVM cannot be started
    static WorkerProcess start(WorkerCommand command, Consumer<String> log) throws IOException {
        var builder = new ProcessBuilder(command.arguments());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        return new WorkerProcess(builder.start(), log);
    }

    private void takeOutput(String line) {
        Optional<Progress> progress = WorkerMessages.progress(line);
        if (progress.isPresent()) {
            unread.accumulateAndGet(progress.get(), WorkerProcess::newest);
            return;
        }
        WorkerMessages.error(line).ifPresent(lastError::set);
        log.accept(line);
    }

    /// The later report, with the earlier one's words when it has none: a sample is not to be lost.
    private static Progress newest(@Nullable Progress earlier, Progress later) {
        return earlier == null || !later.note().isEmpty() ? later : later.withNote(earlier.note());
    }

    private void takeError(String line) {
        errors.add(WorkerMessages.storable(line));
        log.accept(line);
    }

    /// The newest progress since the last call.
    Optional<Progress> takeProgress() {
        return Optional.ofNullable(unread.getAndSet(null));
    }

    /// Puts a report back that is not due yet.
    void putBack(Progress progress) {
        unread.accumulateAndGet(
                progress, (later, earlier) -> later == null ? earlier : newest(earlier, later));
    }

    long processId() {
        return process.pid();
    }

    /// Waits for the worker's end.
    ///
    /// @return whether it ended
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Asks the worker to write a checkpoint and end; ends it when it takes longer than `limit`.
    void stop(Duration limit) throws InterruptedException {
        process.destroy();
        if (!awaitEnd(limit)) {
            kill();
        }
    }

    /// Ends the worker at once.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// How an ended worker ended.
    sealed interface End {
        /// It says that it is done.
        record Done() implements End {}

        /// It says that the job cannot be done as asked.
        record Refused(String error) implements End {}

        /// It was asked to stop (SIGINT, SIGTERM).
        record Stopped(String reason) implements End {}

        /// It died.
        record Died(String reason, String tail) implements End {}
    }

    /// How the worker ended; only after it did.
    End end() throws InterruptedException {
        // what it wrote last is still on its way; a grandchild that holds the pipe is not waited
        // for
        output.join(OUTPUT_LIMIT);
        errorOutput.join(OUTPUT_LIMIT);
        int status = process.exitValue();
        return switch (status) {
            case 0 -> new End.Done();
            case REFUSED -> new End.Refused(why());
            case 3 ->
                    died("it ran out of heap memory (exit status 3); see gyre.worker.java-options");
            case FIRST_SIGNAL + 2, FIRST_SIGNAL + 15 ->
                    new End.Stopped("the worker was asked to stop (exit status " + status + ")");
            case FIRST_SIGNAL + 9 ->
                    died("it was killed (signal 9), perhaps by the system for want of memory");
            default ->
                    died(
                            status > FIRST_SIGNAL
                                    ? "it died by signal " + (status - FIRST_SIGNAL)
                                    : "it ended with exit status " + status);
        };
    }

    private End died(String how) {
        return new End.Died("the worker died: " + how, errors.text());
    }

    private String why() {
        String said = lastError.get();
        String wrote = errors.text();
        return said != null
                ? said
                : wrote.isBlank() ? "the worker refused the job and did not say why" : wrote;
    }

    /// Ends the worker if it still runs.
    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroyForcibly();
        }
    }
}
