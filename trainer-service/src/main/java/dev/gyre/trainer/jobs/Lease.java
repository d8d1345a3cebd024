package dev.gyre.trainer.jobs;

import java.time.Instant;

/// The right to run an attempt, for a while. It ends by itself when its holder no longer renews it.
///
/// @param holder the service process that runs the attempt
/// @param until when it ends unless renewed
public record Lease(Holder holder, Instant until) {
    Lease until(Instant later) {
        return new Lease(holder, later);
    }

    /// A service process, named so that a later one on the same machine can tell whether it lives.
    ///
    /// @param place the machine since its last boot and its process-id namespace
    /// @param processId its process id there
    /// @param startMillis when the process started, in milliseconds since 1970
    public record Holder(String place, long processId, long startMillis) {}
}
