package dev.gyre.tokenizer.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the pieces of texts, on several threads if there is much text: each has a table of its
/// own, and what does not fit into its share of the memory goes to disk. Sums do not depend on who
/// counted what.
final class PieceCounter implements AutoCloseable {
    /// Cuts a text into pieces; one instance for each thread.
    interface Cutter {
        /// @param text readable for [PieceCounts#PADDING] bytes behind `end`
        void cut(byte[] text, int start, int end, Pieces pieces);
    }

    /// Takes the pieces of a text.
    interface Pieces {
        /// @param text readable for [PieceCounts#PADDING] bytes behind `end`
        void add(byte[] text, int start, int end);
    }

    private final Supplier<Cutter> cutters;
    private final int threads;
    private final long memoryBytes;
    private final PieceRuns runs;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Future<?>> running = new ArrayList<>();
    private final Semaphore waiting;
    private @Nullable ExecutorService pool;
    private TextBatch batch = new TextBatch();

    PieceCounter(Supplier<Cutter> cutters, TrainingResources resources) {
        this.cutters = cutters;
        threads = resources.threads();
        memoryBytes = resources.memoryBytes();
        runs = new PieceRuns(resources.spillFolder(), memoryBytes);
        waiting = new Semaphore(2 * threads);
        workers.add(new Worker());
    }

    /// One thread's table.
    private final class Worker {
        private final Cutter cutter = cutters.get();

        // The threads' shares and one more, in which the tables become one.
        private final PieceCounts counts = new PieceCounts(memoryBytes / (threads + 1));
        private long count;

        synchronized void count(TextBatch texts) {
            for (int text = 0; text < texts.size(); text++) {
                count = texts.count(text);
                cutter.cut(texts.bytes(), texts.start(text), texts.end(text), this::add);
            }
        }

        private void add(byte[] text, int start, int end) {
            if (counts.add(text, start, end, count)) {
                return;
            }
            spill();
            if (!counts.add(text, start, end, count)) {
                throw new IllegalArgumentException(
                        "a piece of the text has %d bytes, too long for the %d bytes of memory that a thread has; is it text?"
                                .formatted(end - start, memoryBytes / (threads + 1)));
            }
        }

        private void spill() {
            try {
                runs.spill(counts);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "counts do not fit into memory and cannot be written to disk: "
                                + e.getMessage(),
                        e);
            }
            counts.clear();
        }
    }

    /// Counts the pieces of a text, now or later.
    void add(byte[] text, int start, int end, long count) {
        batch.add(text, start, end, count);
        if (batch.isFull()) {
            if (threads == 1) {
                workers.getFirst().count(batch);
            } else {
                submit(batch);
            }
            batch = new TextBatch();
        }
    }

    private void submit(TextBatch texts) {
        ExecutorService executor = pool;
        if (executor == null) {
            executor = TrainingThreads.pool(threads);
            pool = executor;
            while (workers.size() < threads) {
                workers.add(new Worker());
            }
        }
        try {
            waiting.acquire();
        } catch (InterruptedException e) {
            throw TrainingThreads.interrupted();
        }
        running.removeIf(
                done -> {
                    if (done.isDone()) {
                        check(done);
                    }
                    return done.isDone();
                });
        running.add(
                executor.submit(
                        () -> {
                            try {
                                idle().count(texts);
                            } finally {
                                waiting.release();
                            }
                        }));
    }

    /// The table of the pool's thread that asks.
    private Worker idle() {
        String name = Thread.currentThread().getName();
        return workers.get(Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)));
    }

    private static void check(Future<?> done) {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw TrainingThreads.unwrap(e);
        } catch (InterruptedException e) {
            throw TrainingThreads.interrupted();
        }
    }

    /// Bytes of the different pieces that are in memory; a piece that several threads have seen
    /// counts for each.
    long differentPieceBytes() {
        finishBatch();
        long bytes = 0;
        for (Worker worker : workers) {
            bytes += worker.counts.byteCount();
        }
        return bytes;
    }

    private void finishBatch() {
        for (Future<?> texts : running) {
            check(texts);
        }
        running.clear();
        workers.getFirst().count(batch);
        batch = new TextBatch();
    }

    /// All pieces that were added, each once. Nothing may be added any more.
    PieceSource finish() throws IOException {
        finishBatch();
        PieceCounts all = new PieceCounts(memoryBytes / 2);
        boolean fits = runs.isEmpty();
        if (fits && workers.size() == 1) {
            return PieceSource.of(workers.getFirst().counts);
        }
        for (Worker worker : workers) {
            fits = fits && all.addAll(worker.counts);
        }
        if (fits) {
            workers.clear();
            return PieceSource.of(all);
        }
        for (Worker worker : workers) {
            if (worker.counts.size() > 0) {
                worker.spill();
            }
        }
        workers.clear();
        return runs;
    }

    /// Bytes that went to disk.
    long spilledBytes() {
        return runs.spilledBytes();
    }

    /// Stops the threads and deletes what is on disk.
    @Override
    public void close() throws IOException {
        ExecutorService executor = pool;
        if (executor != null) {
            executor.shutdownNow();
            try {
                executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        runs.close();
    }
}
