package dev.gyre.cli.machine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Processes that an earlier run left. There should be none, since children end with their owner;
/// this is for the day when one hangs.
final class Leftovers {
    private static final Duration GENTLE = Duration.ofSeconds(5);

    private Leftovers() {}

    /// Ends the recorded processes that still run, exact matches of id and start time only, and
    /// forgets all records.
    ///
    /// @return names of the processes that were ended
    static List<String> reap(GyreHome home) {
        List<String> ended = new ArrayList<>();
        for (RunRecord record : RunRecord.readAll(home)) {
            record.mark()
                    .process()
                    .filter(process -> process.pid() != ProcessHandle.current().pid())
                    .ifPresent(
                            process -> {
                                end(process);
                                ended.add(record.name());
                            });
            record.forget(home);
        }
        return ended;
    }

    /// Ends a process: SIGTERM, and SIGKILL after five seconds, for it and its descendants.
    static void end(ProcessHandle process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        if (!endsWithin(process, GENTLE)) {
            process.destroyForcibly();
            endsWithin(process, GENTLE);
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    /// Waits for a process.
    static boolean endsWithin(ProcessHandle process, Duration limit) {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("cannot wait for process " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
