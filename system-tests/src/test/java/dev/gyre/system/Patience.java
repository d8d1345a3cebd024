package dev.gyre.system;

import java.time.Duration;

/// Waits for what happens elsewhere.
final class Patience {
    private static final Duration POLL = Duration.ofMillis(100);

    private Patience() {}

    /// Something that is so or not; what it throws ends the wait.
    interface Condition {
        boolean holds() throws Exception;
    }

    /// Waits until a condition holds.
    ///
    /// @param what says what is waited for
    /// @throws AssertionError when it does not hold within the limit
    static void until(String what, Duration limit, Condition condition) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            Thread.sleep(POLL);
        }
    }
}
