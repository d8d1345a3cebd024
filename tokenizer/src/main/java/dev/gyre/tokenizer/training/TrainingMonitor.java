package dev.gyre.tokenizer.training;

import java.util.concurrent.CancellationException;

/// Passes progress on, not too often, and stops a training that was cancelled.
final class TrainingMonitor {
    private static final long PERIOD_NANOS = 200_000_000;

    private final TrainingProgress progress;
    private volatile boolean cancelled;
    private TrainingPhase phase = TrainingPhase.READING;
    private long phaseStart = System.nanoTime();
    private long nextReport = phaseStart;

    TrainingMonitor(TrainingProgress progress) {
        this.progress = progress;
    }

    void cancel() {
        cancelled = true;
    }

    /// @throws CancellationException if the training was cancelled or its thread interrupted
    void check() {
        if (cancelled || Thread.currentThread().isInterrupted()) {
            throw new CancellationException("training was cancelled");
        }
    }

    /// Begins a phase.
    void begin(TrainingPhase next, long total) {
        check();
        phase = next;
        phaseStart = System.nanoTime();
        nextReport = phaseStart + PERIOD_NANOS;
        progress.report(next, 0, total, 0);
    }

    /// Tells how far the phase is, if the last time is long enough ago.
    void advance(long done, long total) {
        long now = System.nanoTime();
        if (now - nextReport >= 0) {
            report(done, total, now);
        }
    }

    /// Tells how far the phase is at its end.
    void end(long done, long total) {
        report(done, total, System.nanoTime());
    }

    private void report(long done, long total, long now) {
        check();
        nextReport = now + PERIOD_NANOS;
        double seconds = Math.max(1e-9, (now - phaseStart) / 1e9);
        progress.report(phase, done, total, done / seconds);
    }
}
