package dev.gyre.trainer.workers;

import dev.gyre.trainer.jobs.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// This service process as the holder of leases, and what it knows of others on its machine.
final class ServiceProcess {
    private final Lease.Holder self;

    private ServiceProcess(Lease.Holder self) {
        this.self = self;
    }

    static ServiceProcess current() {
        ProcessHandle process = ProcessHandle.current();
        return new ServiceProcess(
                new Lease.Holder(place(), process.pid(), startMillis(process).orElse(0L)));
    }

    Lease.Holder self() {
        return self;
    }

    /// Whether `holder` is surely dead: it ran here since the last boot, and no such process is
    /// there. A holder elsewhere is dead only when its lease runs out.
    boolean isDead(Lease.Holder holder) {
        if (!holder.place().equals(self.place()) || holder.equals(self)) {
            return false;
        }
        return ProcessHandle.of(holder.processId())
                .filter(ProcessHandle::isAlive)
                .flatMap(ServiceProcess::startMillis)
                .filter(start -> start == holder.startMillis())
                .isEmpty();
    }

    /// Process ids mean the same in two processes exactly when machine, boot and process-id
    /// namespace are the same.
    private static String place() {
        try {
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            return boot + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | SecurityException unknown) {
            return UUID.randomUUID().toString(); // nobody's place: only the clock ends its leases
        }
    }

    private static Optional<Long> startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli);
    }
}
