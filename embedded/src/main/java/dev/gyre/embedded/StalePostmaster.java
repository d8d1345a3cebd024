package dev.gyre.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What an earlier PostgreSQL server left on a data folder.
///
/// `postmaster.pid` holds the server's process id. After a crash another process may have that id,
/// and PostgreSQL would then refuse to start; so the process is looked at: a server works in its
/// data folder.
final class StalePostmaster {
    private static final long FAST_SECONDS = 5;
    private static final long IMMEDIATE_SECONDS = 3;

    private StalePostmaster() {}

    /// Ends a server that still works on the folder and removes a stale lock file.
    static void clear(Path data) throws IOException {
        Path lock = data.resolve("postmaster.pid");
        if (!Files.exists(lock)) {
            return;
        }
        List<String> lines = Files.readAllLines(lock);
        if (!lines.isEmpty() && lines.getFirst().matches("\\d{1,18}")) {
            ProcessHandle server = ProcessHandle.of(Long.parseLong(lines.getFirst())).orElse(null);
            if (server != null && worksIn(server, data)) {
                end(server);
            }
        }
        Files.deleteIfExists(lock);
    }

    private static boolean worksIn(ProcessHandle process, Path data) {
        try {
            return Path.of("/proc/" + process.pid() + "/cwd")
                    .toRealPath()
                    .equals(data.toRealPath());
        } catch (IOException e) {
            return false; // it ended, or belongs to somebody else
        }
    }

    private static void end(ProcessHandle server) throws IOException {
        if (!signalled(server, "INT", FAST_SECONDS)
                && !signalled(server, "QUIT", IMMEDIATE_SECONDS)) {
            server.destroyForcibly();
            server.onExit().join();
        }
    }

    private static boolean signalled(ProcessHandle server, String signal, long waitSeconds)
            throws IOException {
        new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + server.pid()).start();
        try {
            server.onExit().get(waitSeconds, TimeUnit.SECONDS);
            return true;
        } catch (java.util.concurrent.TimeoutException e) {
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException("cannot wait for process " + server.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an old PostgreSQL server was ending", e);
        }
    }
}
