package dev.gyre.tokenizer.training;

import java.nio.file.Path;

/// What a training may use, and whom it tells. What is learned does not depend on it, unless memory
/// is so short that rare pieces are left out, which [TrainingReport] tells.
///
/// @param threads threads that count and learn, 1 to [#MOST_THREADS]
/// @param memoryBytes memory for counts and learning, at least [#LEAST_MEMORY_BYTES]; what is more
///   goes to disk
/// @param spillFolder where a folder for that is made, and deleted again
/// @param progress is told how far the training is
public record TrainingResources(
        int threads, long memoryBytes, Path spillFolder, TrainingProgress progress) {
    /// Most threads.
    public static final int MOST_THREADS = 256;

    /// Least memory.
    public static final long LEAST_MEMORY_BYTES = 1 << 20;

    /// @throws IllegalArgumentException if threads or memory are out of range
    public TrainingResources {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException(
                    "%d threads are out of range: 1 to %d".formatted(threads, MOST_THREADS));
        }
        if (memoryBytes < LEAST_MEMORY_BYTES) {
            throw new IllegalArgumentException(
                    "%d bytes of memory are too few to train in: at least %d"
                            .formatted(memoryBytes, LEAST_MEMORY_BYTES));
        }
    }

    /// As many threads as there are processors, half of the heap, the system's folder for temporary
    /// files, and nobody to tell.
    public static TrainingResources standard() {
        Runtime runtime = Runtime.getRuntime();
        return new TrainingResources(
                Math.min(runtime.availableProcessors(), MOST_THREADS),
                Math.max(LEAST_MEMORY_BYTES, runtime.maxMemory() / 2),
                Path.of(System.getProperty("java.io.tmpdir")),
                TrainingProgress.NONE);
    }

    /// The same with another number of threads.
    public TrainingResources withThreads(int threads) {
        return new TrainingResources(threads, memoryBytes, spillFolder, progress);
    }

    /// The same with other memory.
    public TrainingResources withMemoryBytes(long memoryBytes) {
        return new TrainingResources(threads, memoryBytes, spillFolder, progress);
    }

    /// The same with another folder to spill to.
    public TrainingResources withSpillFolder(Path spillFolder) {
        return new TrainingResources(threads, memoryBytes, spillFolder, progress);
    }

    /// The same with somebody else to tell.
    public TrainingResources withProgress(TrainingProgress progress) {
        return new TrainingResources(threads, memoryBytes, spillFolder, progress);
    }
}
