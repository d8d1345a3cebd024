package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.tokenization.StoredTokenizer.Place;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainedTokenizer;
import dev.gyre.tokenizer.training.TrainingPhase;
import dev.gyre.tokenizer.training.TrainingReport;
import dev.gyre.tokenizer.training.TrainingResources;
import dev.gyre.tokenizer.training.TrainingSettings;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The training of one tokenizer: text comes from its caller, what follows goes on without them.
final class Training {
    /// Where a training stands.
    enum State {
        READING,
        LEARNING,
        SUCCEEDED,
        FAILED,
        CANCELLED;

        boolean hasEnded() {
            return this != READING && this != LEARNING;
        }
    }

    /// How much of what is being done.
    ///
    /// @param done in the phase's own unit
    /// @param total 0 where it is not known
    record Step(TrainingPhase phase, long done, long total) {}

    /// What came out.
    record Outcome(Place place, int vocabularySize, TrainingReport report) {}

    /// A training at one moment.
    ///
    /// @param reason why it did not succeed; empty otherwise
    /// @param outcome what came out, once it has succeeded
    record Snapshot(
            String id,
            String name,
            String subject,
            Instant started,
            State state,
            Step step,
            long textBytes,
            @Nullable Instant ended,
            String reason,
            @Nullable Outcome outcome) {
        private Snapshot with(State next, Step step, long textBytes) {
            return new Snapshot(id, name, subject, started, next, step, textBytes, null, "", null);
        }

        private Snapshot ended(State last, Instant at, String reason, @Nullable Outcome outcome) {
            return new Snapshot(
                    id, name, subject, started, last, step, textBytes, at, reason, outcome);
        }
    }

    /// Keeps what was learned.
    interface Keeper {
        Place save(TrainedTokenizer trained);
    }

    private final LimitsConfig limits;
    private final Clock clock;
    private final Keeper keeper;

    /// Used by one thread at a time, which holds its lock; never taken while this lock is held.
    private final TokenizerTraining training;

    private volatile long lastNanos = System.nanoTime();
    private Snapshot now;

    Training(
            String id,
            String name,
            String subject,
            TrainingSettings settings,
            LimitsConfig limits,
            Clock clock,
            Keeper keeper) {
        this.limits = limits;
        this.clock = clock;
        this.keeper = keeper;
        now =
                new Snapshot(
                        id,
                        name,
                        subject,
                        clock.instant(),
                        State.READING,
                        new Step(TrainingPhase.READING, 0, 0),
                        0,
                        null,
                        "",
                        null);
        training =
                new TokenizerTraining(
                        settings,
                        TrainingResources.standard()
                                .withMemoryBytes(limits.trainingMemoryBytes())
                                .withProgress(
                                        (phase, done, total, _) ->
                                                step(new Step(phase, done, total))));
    }

    private void step(Step step) {
        update(seen -> seen.with(seen.state(), step, seen.textBytes()));
    }

    synchronized Snapshot snapshot() {
        return now;
    }

    /// Waits until the training is no longer as a caller last saw it, or a while has passed.
    synchronized Snapshot await(Snapshot seen, long millis) throws InterruptedException {
        if (now == seen) {
            wait(millis);
        }
        return now;
    }

    /// Changes what is told, unless the training has ended.
    ///
    /// @return whether it had not
    private synchronized boolean update(UnaryOperator<Snapshot> change) {
        if (now.state().hasEnded()) {
            return false;
        }
        now = change.apply(now);
        notifyAll();
        return true;
    }

    /// Whether the caller has been silent for so long that another may take its place.
    boolean isSilent() {
        return snapshot().state() == State.READING
                && System.nanoTime() - lastNanos > limits.trainingIdleTimeout().toNanos();
    }

    /// Takes the next part of the text.
    void add(String part) {
        lastNanos = System.nanoTime();
        long textBytes = snapshot().textBytes() + Tokenization.utf8Length(part);
        if (textBytes > limits.maxTrainingTextBytes()) {
            throw FailureException.invalid(
                    "text",
                    "the text has over %d bytes; train on a part of it, or raise gyre.tokenization.max-training-text-bytes"
                            .formatted(limits.maxTrainingTextBytes()));
        }
        reading(() -> training.append(part));
        update(seen -> seen.with(State.READING, seen.step(), textBytes));
    }

    /// All text has come: begins to learn.
    void learn() {
        reading(training::endText);
        if (snapshot().textBytes() == 0) {
            throw FailureException.invalid("text", "there is no text to train on");
        }
        update(seen -> seen.with(State.LEARNING, seen.step(), seen.textBytes()));
        Thread.ofPlatform().daemon().name("training-" + snapshot().id()).start(this::learnAndKeep);
    }

    /// @throws FailureException when the training takes no more text, or refuses this one
    private void reading(Runnable work) {
        synchronized (training) {
            checkStillReading();
            try {
                work.run();
            } catch (IllegalArgumentException refused) {
                throw FailureException.invalid("text", String.valueOf(refused.getMessage()));
            } catch (CancellationException cancelled) {
                checkStillReading();
                throw cancelled;
            }
        }
    }

    private void checkStillReading() {
        Snapshot seen = snapshot();
        if (seen.state() != State.READING) {
            throw FailureException.unavailable(
                    "the training %s takes no more text: %s"
                            .formatted(
                                    seen.id(),
                                    seen.reason().isEmpty() ? seen.state() : seen.reason()));
        }
    }

    private void learnAndKeep() {
        synchronized (training) {
            try (training) {
                TrainedTokenizer trained = training.train();
                if (snapshot().state() != State.LEARNING) {
                    return;
                }
                Place place = keeper.save(trained);
                Tokenizer tokenizer = trained.tokenizer();
                Outcome outcome = new Outcome(place, tokenizer.vocabularySize(), trained.report());
                update(seen -> seen.ended(State.SUCCEEDED, clock.instant(), "", outcome));
            } catch (RuntimeException | OutOfMemoryError failure) {
                end(State.FAILED, String.valueOf(failure.getMessage()));
            }
        }
    }

    /// Ends the training unless it has ended.
    ///
    /// @return whether it was this call that ended it
    boolean end(State last, String reason) {
        State before = snapshot().state();
        if (!update(seen -> seen.ended(last, clock.instant(), reason, null))) {
            return false;
        }
        training.cancel();
        if (before == State.READING) {
            synchronized (training) {
                training.close();
            }
        }
        return true;
    }
}
