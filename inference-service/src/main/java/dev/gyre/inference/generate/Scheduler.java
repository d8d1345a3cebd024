package dev.gyre.inference.generate;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Runs all answers of one model together, on one thread: continuous batching (Yu et al., "Orca",
/// OSDI 2022).
///
/// Each turn is one run of the model: either a chunk of one prompt, or one token for every answer
/// that is past its prompt. Prompts and answers take turns while both wait, and prompts take turns
/// among themselves, so neither a long prompt nor many answers keep the others waiting for more
/// than a run.
///
/// Answers lie in the leading slots of the KV cache: when one ends, the last one moves into its
/// slot. In reproducible mode a decode run always has as many rows as there are slots; then every
/// run has one of a few shapes that do not depend on what else is running, and with fp32 the same
/// seed gives the same ids.
public final class Scheduler implements AutoCloseable {
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final OnnxModel model;
    private final Sampler sampler;
    private final GenerateMetrics metrics;
    private final int queueLimit;
    private final boolean reproducible;
    private final float[] logits;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrival = lock.newCondition();
    private final Deque<Generation> waiting = new ArrayDeque<>(); // guarded by lock
    private boolean closing; // guarded by lock
    private final CountDownLatch closed = new CountDownLatch(1);

    // the scheduler's thread only: running[i] has slot i
    private final List<Generation> running = new ArrayList<>();
    private boolean promptLast;
    private long turn;

    /// One run of the model.
    private sealed interface Run {
        /// Reads the prompt of the answer in `slot` from token `from` to before `to`.
        record Read(int slot, int from, int to) implements Run {}

        /// Goes on by one token in the first `rows` slots.
        record Decode(int rows) implements Run {}

        /// Nothing is left to do: all were cancelled.
        record Nothing() implements Run {}
    }

    /// Starts the thread.
    ///
    /// @param model closed together with the scheduler
    /// @param queueLimit answers that may wait for a slot; more are refused
    /// @param reproducible whether decode runs have a fixed shape
    public Scheduler(
            OnnxModel model, int queueLimit, boolean reproducible, GenerateMetrics metrics) {
        this.model = model;
        this.metrics = metrics;
        this.queueLimit = queueLimit;
        this.reproducible = reproducible;
        sampler = new Sampler(model.vocabulary());
        logits = new float[model.vocabulary()];
        Thread.ofPlatform().name("generate").daemon().start(this::loop);
    }

    /// Puts an answer into the queue.
    ///
    /// @throws FailureException [Failure.Invalid] when the prompt leaves no room in the context or
    ///   has an id outside of the vocabulary, [Failure.Busy] when the queue is full,
    ///   [Failure.Unavailable] when the scheduler is closing
    public Generation submit(Generation.Request request) {
        checkPrompt(request.prompt());
        Generation generation = new Generation(request, model.options().contextLength());
        lock.lock();
        try {
            if (closing) {
                throw FailureException.unavailable("the model is being unloaded; try again");
            }
            if (waiting.size() >= queueLimit) {
                throw new FailureException(
                        new Failure.Busy(
                                waiting.size()
                                        + " answers are waiting, the limit is "
                                        + queueLimit
                                        + " (gyre.generate.queue); try again later",
                                retryAfter()));
            }
            waiting.add(generation);
            metrics.waiting(waiting.size());
            arrival.signal();
            return generation;
        } finally {
            lock.unlock();
        }
    }

    /// One turn.
    private void step() {
        Run run = schedule();
        run(run);
        sample(run);
    }

    private Run schedule() {
        endCancelled();
        admit();
        turn++;
        int reader = nextReader();
        boolean decoding = running.stream().anyMatch(generation -> !generation.isReading());
        if (reader >= 0 && !(decoding && promptLast)) {
            promptLast = true;
            Generation generation = running.get(reader);
            int from = generation.promptTokensRead();
            int to = Math.min(from + model.options().chunkTokens(), generation.prompt().length);
            return new Run.Read(reader, from, to);
        }
        promptLast = false;
        return decoding ? new Run.Decode(rows()) : new Run.Nothing();
    }

    private void run(Run run) {
        long start = System.nanoTime();
        switch (run) {
            case Run.Read(int slot, int from, int to) -> {
                model.prefill(slot, running.get(slot).prompt(), from, to);
                metrics.promptRead(to - from, System.nanoTime() - start);
            }
            case Run.Decode(int rows) -> {
                for (int row = 0; row < rows; row++) {
                    setRow(row);
                }
                model.decode(rows);
                metrics.decoded(System.nanoTime() - start);
            }
            case Run.Nothing() -> {}
        }
    }

    private void sample(Run run) {
        switch (run) {
            case Run.Read(int slot, int _, int to) -> {
                Generation generation = running.get(slot);
                generation.promptReadTo(to, turn);
                if (!generation.isReading()) {
                    metrics.firstToken(System.nanoTime() - generation.submitted());
                    advance(slot, 0);
                }
            }
            case Run.Decode(int rows) -> {
                // from the last slot down: an answer that ends is replaced by one already advanced
                for (int slot = Math.min(rows, running.size()) - 1; slot >= 0; slot--) {
                    if (!running.get(slot).isReading()) {
                        advance(slot, slot);
                    }
                }
            }
            case Run.Nothing() -> {}
        }
    }

    private void advance(int slot, int row) {
        Generation generation = running.get(slot);
        model.logits(row, logits);
        generation.advance(logits, sampler);
        metrics.generated();
        if (generation.hasEnded()) {
            metrics.answered(System.nanoTime() - generation.submitted());
            free(slot);
        }
    }

    /// A row beyond the answers, or of a prompt half read, only fills the shape: it writes at a
    /// position that the slot's next real token overwrites.
    private void setRow(int row) {
        if (row >= running.size()) {
            model.setRow(row, 0, 0);
            return;
        }
        Generation generation = running.get(row);
        int token = generation.isReading() ? 0 : generation.lastToken();
        model.setRow(row, token, generation.length());
    }

    private int rows() {
        if (reproducible) {
            return model.options().slots();
        }
        int rows = running.size();
        while (running.get(rows - 1).isReading()) {
            rows--;
        }
        return rows;
    }

    /// The slot whose prompt has waited longest for a turn, or -1 when all prompts are read.
    private int nextReader() {
        int next = -1;
        for (int slot = 0; slot < running.size(); slot++) {
            Generation generation = running.get(slot);
            if (generation.isReading()
                    && (next < 0 || generation.lastTurn() < running.get(next).lastTurn())) {
                next = slot;
            }
        }
        return next;
    }

    private void endCancelled() {
        for (int slot = running.size() - 1; slot >= 0; slot--) {
            if (running.get(slot).isCancelled()) {
                running.get(slot).endCancelled();
                free(slot);
            }
        }
    }

    private void free(int slot) {
        int last = running.size() - 1;
        Generation moving = running.remove(last);
        if (slot != last) {
            model.move(last, slot, moving.length());
            running.set(slot, moving);
        }
        metrics.running(running.size());
    }

    private void admit() {
        lock.lock();
        try {
            waiting.removeIf(
                    generation -> {
                        if (generation.isCancelled()) {
                            generation.endCancelled();
                        }
                        return generation.hasEnded();
                    });
            while (running.size() < model.options().slots() && !waiting.isEmpty()) {
                running.add(waiting.removeFirst());
            }
            metrics.waiting(waiting.size());
            metrics.running(running.size());
        } finally {
            lock.unlock();
        }
    }

    private void loop() {
        try {
            while (awaitWork()) {
                try {
                    step();
                } catch (RuntimeException e) {
                    failRunning(e);
                }
            }
        } finally {
            failAll("the model was unloaded; try again");
            model.close();
            metrics.close();
            closed.countDown();
        }
    }

    /// @return false when the scheduler is closing
    private boolean awaitWork() {
        lock.lock();
        try {
            while (!closing && running.isEmpty() && waiting.isEmpty()) {
                arrival.awaitUninterruptibly();
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /// A failed run says nothing about whose fault it was: every answer in a slot ends with it.
    private void failRunning(RuntimeException cause) {
        metrics.failed(cause);
        running.forEach(
                generation ->
                        generation.fail(
                                new Failure.Unavailable(
                                        "the model failed: " + cause.getMessage())));
        running.clear();
        metrics.running(0);
    }

    private void failAll(String reason) {
        lock.lock();
        try {
            closing = true;
            running.addAll(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        running.forEach(generation -> generation.fail(new Failure.Unavailable(reason)));
        running.clear();
    }

    private void checkPrompt(int[] prompt) {
        int context = model.options().contextLength();
        if (prompt.length == 0) {
            throw FailureException.invalid(
                    "prompt", "the prompt has no tokens, it needs at least 1");
        }
        if (prompt.length >= context) {
            throw FailureException.invalid(
                    "prompt",
                    "the prompt has "
                            + prompt.length
                            + " tokens, the model's context of "
                            + context
                            + " must hold it and at least 1 token of the answer; shorten the prompt");
        }
        for (int id : prompt) {
            if (id < 0 || id >= model.vocabulary()) {
                throw FailureException.invalid(
                        "prompt",
                        "token id " + id + " is not from 0 to " + (model.vocabulary() - 1));
            }
        }
    }

    /// The time until the queue is half empty, by how long answers took lately.
    private Duration retryAfter() {
        double seconds =
                metrics.recentAnswerSeconds() * waiting.size() / 2 / model.options().slots();
        long rounded = Math.clamp(Math.round(seconds), 1, LONGEST_RETRY.toSeconds());
        return Duration.ofSeconds(rounded);
    }

    /// Ends after the running turn; answers not ended fail. Waits for it.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            arrival.signal();
        } finally {
            lock.unlock();
        }
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
