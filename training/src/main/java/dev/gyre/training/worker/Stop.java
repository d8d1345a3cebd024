package dev.gyre.training.worker;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ends the worker in good order: after the running step and a checkpoint, if that takes no longer
/// than its master waits.
///
/// A signal during a backward pass would tear down the JVM under libtorch's threads, so the
/// shutdown waits for the trainer's thread.
final class Stop {
    /// Exit status when standard input closed.
    private static final int ABANDONED = 4;

    /// Below trainer-service's own patience of 20 seconds.
    private static final int SIGNAL_SECONDS = 18;

    /// A launcher that was killed leaves nothing behind after 10 seconds.
    private static final int ABANDONED_SECONDS = 8;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean requested;
    private volatile boolean abandoned;
    private volatile boolean signalled;

    boolean requested() {
        return requested;
    }

    /// Makes SIGTERM and SIGINT ask for the end and wait for it.
    void onSignal() {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    signalled = true;
                                    requested = true;
                                    await(SIGNAL_SECONDS);
                                }));
    }

    /// Asks for the end when the stream ends, and forces it a little later.
    void whenClosed(InputStream in) {
        Thread.ofPlatform()
                .daemon()
                .name("tether")
                .start(
                        () -> {
                            try {
                                while (in.read() >= 0) {}
                            } catch (IOException closed) {
                                // the same as its end
                            }
                            abandoned = true;
                            requested = true;
                            if (!await(ABANDONED_SECONDS)) {
                                Runtime.getRuntime().halt(ABANDONED);
                            }
                        });
    }

    private boolean await(int seconds) {
        try {
            return ended.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Ends the process: by whatever asked for it, else with a status.
    void exit(int status) {
        boolean bySignal = signalled;
        boolean byMaster = abandoned;
        ended.countDown();
        if (!bySignal) { // a running shutdown sets the status itself, exit() would wait for ever
            System.exit(byMaster ? ABANDONED : status);
        }
    }
}
