package dev.gyre.embedded;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits for a child to become useful.
final class Readiness {
    private static final long POLL_MILLIS = 50;

    private Readiness() {}

    /// Waits until the check holds.
    ///
    /// @throws IllegalStateException if the child ends first or the time is over; the message ends
    ///   in the child's log
    static void await(String what, Child child, Duration limit, BooleanSupplier ready) {
        long end = System.nanoTime() + limit.toNanos();
        while (!ready.getAsBoolean()) {
            if (!child.isAlive()) {
                throw new IllegalStateException(
                        what
                                + " ended with status "
                                + child.exitStatus()
                                + " before it was ready; "
                                + child.log()
                                + " ends in:\n"
                                + child.logTail());
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        what
                                + " was not ready after "
                                + limit.toSeconds()
                                + " s; "
                                + child.log()
                                + " ends in:\n"
                                + child.logTail());
            }
            sleep();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
