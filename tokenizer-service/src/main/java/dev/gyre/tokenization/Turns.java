package dev.gyre.tokenization;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Lets only so many texts be worked on at once, so that memory is bounded and the processor
/// shared.
@Singleton
public class Turns {
    private final Semaphore turns;
    private final int most;
    private final Duration timeout;

    Turns(LimitsConfig limits) {
        most = limits.concurrentRequests();
        turns = new Semaphore(most, true);
        timeout = limits.queueTimeout();
    }

    /// Waits for a turn and does the work.
    ///
    /// @throws FailureException [Failure.Busy] when there is none in time
    <T> T take(Supplier<T> work) {
        try {
            if (!turns.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new FailureException(
                        new Failure.Busy(
                                most
                                        + " texts have been worked on for "
                                        + timeout
                                        + "; try again, or raise gyre.tokenization.concurrent-requests",
                                timeout));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw FailureException.unavailable("the service stops; try again");
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }
}
