package dev.gyre.embedded;

import java.time.Instant;
import java.util.Optional;

/// Names one process for ever: process ids come round again, a process id with its start time does
/// not.
///
/// @param pid process id
/// @param startMillis when it started, in milliseconds since 1970
public record ProcessMark(long pid, long startMillis) {
    /// The mark with these values.
    public static ProcessMark of(long pid, long startMillis) {
        return new ProcessMark(pid, startMillis);
    }

    /// The mark of a process; empty when it has already ended.
    public static Optional<ProcessMark> of(ProcessHandle process) {
        return startMillis(process).map(start -> new ProcessMark(process.pid(), start));
    }

    /// The mark of this process.
    public static ProcessMark ofThisProcess() {
        return of(ProcessHandle.current()).orElseThrow();
    }

    /// The process, if it still runs.
    public Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(handle -> startMillis(handle).filter(this::isStart).isPresent());
    }

    private boolean isStart(long millis) {
        return millis == startMillis;
    }

    private static Optional<Long> startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli);
    }
}
