package dev.gyre.tokenizer.training;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The threads that count and learn.
final class TrainingThreads {
    private TrainingThreads() {}

    static ExecutorService pool(int threads) {
        return Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("tokenizer-training-", 0).factory());
    }

    /// What a thread failed with, to be thrown by the caller.
    static RuntimeException unwrap(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException runtime
                ? runtime
                : new IllegalStateException("training failed: " + cause, cause);
    }

    /// The caller was interrupted: it takes that for being told to stop.
    static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("training was interrupted");
    }
}
