package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.tokenization.StoredTokenizer.Place;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainedTokenizer;
import dev.gyre.tokenizer.training.TrainingSettings;
import java.time.Clock;
import java.time.Instant;
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

    /// A training at one moment.
    ///
    /// @param reason why it failed; empty otherwise
    /// @param learned merges learned, once it has succeeded
    record Snapshot(
            String id,
            String name,
            String subject,
            State state,
            Instant started,
            @Nullable Instant ended,
            long textBytes,
            String reason,
            @Nullable Place place,
            int vocabularySize,
            int learned) {}

    /// Keeps what was learned.
    interface Keeper {
        Place save(Tokenizer tokenizer, int merges, long textBytes);
    }

    private final LimitsConfig limits;
    private final Clock clock;
    private final Keeper keeper;
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
        training = new TokenizerTraining(settings);
        now =
                new Snapshot(
                        id, name, subject, State.READING, clock.instant(), null, 0, "", null, 0, 0);
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

    private synchronized void set(Snapshot next) {
        now = next;
        notifyAll();
    }

    /// Whether the caller has been silent for so long that another may take its place.
    boolean isSilent() {
        return snapshot().state() == State.READING
                && System.nanoTime() - lastNanos > limits.trainingIdleTimeout().toNanos();
    }

    /// Takes the next part of the text.
    void add(String part) {
        checkStillReading();
        lastNanos = System.nanoTime();
        Snapshot seen = snapshot();
        long textBytes = seen.textBytes() + Tokenization.utf8Length(part);
        if (textBytes > limits.maxTrainingTextBytes()) {
            throw FailureException.invalid(
                    "text",
                    "the text has over %d bytes; train on a part of it, or raise gyre.tokenization.max-training-text-bytes"
                            .formatted(limits.maxTrainingTextBytes()));
        }
        training.append(part);
        checkPieces();
        set(with(seen, State.READING, textBytes, ""));
    }

    private void checkPieces() {
        if (training.differentPieceBytes() > limits.maxTrainingPieceBytes()) {
            throw FailureException.invalid(
                    "text",
                    "the text has over %d bytes of different words; train on a part of it, or raise gyre.tokenization.max-training-piece-bytes and the heap"
                            .formatted(limits.maxTrainingPieceBytes()));
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

    /// All text has come: begins to learn.
    void learn() {
        checkStillReading();
        training.endText();
        checkPieces();
        Snapshot seen = snapshot();
        if (seen.textBytes() == 0) {
            throw FailureException.invalid("text", "there is no text to train on");
        }
        set(with(seen, State.LEARNING, seen.textBytes(), ""));
        Thread.ofPlatform().daemon().name("training-" + seen.id()).start(this::learnAndKeep);
    }

    private void learnAndKeep() {
        try (training) {
            TrainedTokenizer trained = training.train();
            Tokenizer tokenizer = trained.tokenizer();
            Snapshot seen = snapshot();
            if (seen.state() != State.LEARNING) {
                return;
            }
            int merges = trained.report().learned();
            Place place = keeper.save(tokenizer, merges, seen.textBytes());
            set(
                    new Snapshot(
                            seen.id(),
                            seen.name(),
                            seen.subject(),
                            State.SUCCEEDED,
                            seen.started(),
                            clock.instant(),
                            seen.textBytes(),
                            "",
                            place,
                            tokenizer.vocabularySize(),
                            merges));
        } catch (RuntimeException | OutOfMemoryError failure) {
            end(State.FAILED, String.valueOf(failure.getMessage()));
        }
    }

    /// Ends the training unless it has ended.
    ///
    /// @return whether it was this call that ended it
    synchronized boolean end(State state, String reason) {
        if (now.state().hasEnded()) {
            return false;
        }
        training.cancel();
        if (now.state() == State.READING) {
            training.close();
        }
        set(with(now, state, now.textBytes(), reason));
        return true;
    }

    private Snapshot with(Snapshot seen, State state, long textBytes, String reason) {
        return new Snapshot(
                seen.id(),
                seen.name(),
                seen.subject(),
                state,
                seen.started(),
                state.hasEnded() ? clock.instant() : null,
                textBytes,
                reason,
                null,
                0,
                0);
    }
}
