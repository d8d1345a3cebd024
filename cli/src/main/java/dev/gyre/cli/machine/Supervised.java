package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.ProcessMark;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A child process that is kept running: started again when it ends, after a pause that doubles
/// from one second to half a minute and begins anew when the child was healthy for a minute.
///
/// The first start is different: a child that ends or stays unhealthy then is a failure for a
/// person to look at, and is not tried again.
final class Supervised {
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration HEALTHY_TIME = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 100;

    /// How a child is started and looked at.
    ///
    /// @param name name of the process
    /// @param launch starts it
    /// @param ready whether it is healthy
    /// @param startLimit longest time from start to healthy at the first start
    record Plan(String name, Supplier<Child> launch, BooleanSupplier ready, Duration startLimit) {}

    private final Plan plan;
    private final GyreHome home;
    private final int portOffset;
    private final Consumer<String> report;
    private final CompletableFuture<Duration> firstReady = new CompletableFuture<>();
    private final Object pause = new Object();
    private @Nullable Child child;
    private boolean stopping;

    /// @param report takes lines for people
    Supervised(Plan plan, GyreHome home, int portOffset, Consumer<String> report) {
        this.plan = plan;
        this.home = home;
        this.portOffset = portOffset;
        this.report = report;
    }

    /// Name of the process.
    String name() {
        return plan.name();
    }

    /// Starts the child and returns at once.
    void start() {
        Thread.ofVirtual().name("supervise-" + plan.name()).start(this::keepRunning);
    }

    /// Waits until the child is healthy for the first time.
    ///
    /// @return how long that took
    /// @throws CliException if it failed to start; the message ends in its log
    Duration awaitReady() {
        try {
            return firstReady.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CliException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /// Ends the child and starts it no more; returns when it has ended.
    void stop() {
        Child running;
        synchronized (pause) {
            stopping = true;
            running = child;
            pause.notifyAll();
        }
        if (running != null) {
            running.close();
        }
        RunRecord.read(home, plan.name()).ifPresent(record -> record.forget(home));
    }

    private void keepRunning() {
        Duration wait = LEAST_PAUSE;
        while (!isStopping()) {
            long start = System.nanoTime();
            boolean healthy = false;
            String ending;
            try {
                Child started = launch();
                healthy = awaitHealthy(started, start);
                if (!firstReady.isDone()) {
                    CliException failure = startFailure(started);
                    started.close();
                    firstReady.completeExceptionally(failure);
                    return;
                }
                ending = " ended with status " + started.onExit().join();
                started.release();
            } catch (RuntimeException e) {
                ending = " cannot be started: " + e.getMessage();
                if (firstReady.completeExceptionally(new CliException(plan.name() + ending))) {
                    return;
                }
            }
            if (healthy && System.nanoTime() - start > HEALTHY_TIME.toNanos()) {
                wait = LEAST_PAUSE;
            }
            if (!isStopping()) {
                report.accept(
                        "%s%s; starting it again in %d s (log: %s)"
                                .formatted(
                                        plan.name(),
                                        ending,
                                        wait.toSeconds(),
                                        home.log(plan.name())));
                pauseFor(wait);
                wait = min(wait.multipliedBy(2), LONGEST_PAUSE);
            }
        }
    }

    private Child launch() {
        Child started = plan.launch().get();
        boolean late;
        synchronized (pause) {
            child = started;
            late = stopping;
        }
        if (late) {
            started.close(); // stop() came while it was starting
        } else {
            ProcessMark.of(started.handle())
                    .ifPresent(mark -> new RunRecord(plan.name(), mark, portOffset).write(home));
        }
        return started;
    }

    /// Whether the child became healthy before it ended; at the first start also before the limit.
    private boolean awaitHealthy(Child started, long start) {
        while (started.isAlive() && !isStopping()) {
            if (plan.ready().getAsBoolean()) {
                if (!firstReady.complete(Duration.ofNanos(System.nanoTime() - start))) {
                    report.accept(plan.name() + " is healthy again");
                }
                return true;
            }
            if (!firstReady.isDone() && System.nanoTime() - start > plan.startLimit().toNanos()) {
                return false;
            }
            pauseFor(Duration.ofMillis(POLL_MILLIS));
        }
        return false;
    }

    private CliException startFailure(Child started) {
        String what =
                started.isAlive()
                        ? " is not healthy after " + plan.startLimit().toSeconds() + " s"
                        : " ended with status " + started.exitStatus() + " while starting";
        return new CliException(
                plan.name()
                        + what
                        + "; its log "
                        + started.log()
                        + " ends in:\n"
                        + started.logTail().indent(4));
    }

    private boolean isStopping() {
        synchronized (pause) {
            return stopping;
        }
    }

    private void pauseFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        synchronized (pause) {
            long left = end - System.nanoTime();
            while (!stopping && left > 0) {
                try {
                    pause.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    stopping = true;
                    Thread.currentThread().interrupt();
                }
                left = end - System.nanoTime();
            }
        }
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }
}
