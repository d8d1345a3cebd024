package dev.gyre.feedback;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Does something again and again on a thread of its own; a failure is logged and the next time
/// tried again.
final class Repeating implements AutoCloseable {
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    /// Starts it.
    ///
    /// @param pause from one end to the next start
    Repeating(String name, Duration pause, Runnable action) {
        this.thread = Thread.ofPlatform().name(name).daemon().start(() -> run(name, pause, action));
    }

    private void run(String name, Duration pause, Runnable action) {
        try {
            do {
                try {
                    action.run();
                } catch (RuntimeException failure) {
                    Log.warn(name + " failed and is tried again in " + pause, failure);
                }
            } while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// Stops after what is being done.
    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
