package dev.gyre.tokenization;

import com.google.protobuf.ByteString;
import dev.gyre.access.FailureException;
import dev.gyre.events.ProtoTime;
import dev.gyre.proto.tokenizer.v1.Tokenizer;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingRecord;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.tokenization.TrainingStore.Attempt;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainedTokenizer;
import dev.gyre.tokenizer.training.TrainingPhase;
import dev.gyre.tokenizer.training.TrainingResources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;

/// An attempt at a training by this replica: text comes from its caller and is kept, what follows
/// goes on without them, and where this replica ends, another one begins the next attempt with what
/// was kept.
final class TrainingRun {
    /// Text is kept in parts of about this many bytes.
    private static final int TEXT_PART_BYTES = 8 << 20;

    private final Attempt first;
    private final TrainingStore store;
    private final LimitsConfig limits;
    private final Clock clock;
    private final Keeper keeper;

    /// Used by one thread at a time, which holds its lock; never taken while this lock or
    /// [#writing] is held.
    private final TokenizerTraining training;

    /// Held while the record is written, so that an older one never replaces a newer one.
    private final Object writing = new Object();

    private final ByteArrayOutputStream unkept = new ByteArrayOutputStream();
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean leaving;
    private Training now;
    private int textParts;
    private Instant textComplete;
    private long beat;
    private boolean endKept;

    /// Stores what was learned.
    interface Keeper {
        /// @param made time that the version is made of
        Tokenizer save(String name, TrainedTokenizer trained, String subject, Instant made);
    }

    /// @param begun the attempt, ours
    /// @throws FailureException when the settings are refused
    TrainingRun(
            Attempt begun, TrainingStore store, LimitsConfig limits, Clock clock, Keeper keeper) {
        this.first = begun;
        this.store = store;
        this.limits = limits;
        this.clock = clock;
        this.keeper = keeper;
        now = begun.training();
        textParts = begun.record().getTextParts();
        textComplete = ProtoTime.instant(begun.record().getTextComplete());
        training =
                new TokenizerTraining(
                        TrainingRequests.settings(begun.record().getSettings()),
                        TrainingResources.standard()
                                .withMemoryBytes(limits.trainingMemoryBytes())
                                .withProgress((phase, done, total, _) -> step(phase, done, total)));
    }

    private void step(TrainingPhase phase, long done, long total) {
        update(
                state ->
                        state.setPhase(phase.name().toLowerCase(Locale.ROOT))
                                .setDone(done)
                                .setTotal(total));
    }

    String id() {
        return first.id();
    }

    synchronized Training snapshot() {
        return now;
    }

    boolean hasEnded() {
        return TrainingStore.hasEnded(snapshot());
    }

    /// Waits until the training is no longer as a caller last saw it, or a while has passed.
    synchronized Training await(Training seen, long millis) throws InterruptedException {
        if (now == seen) {
            wait(millis);
        }
        return now;
    }

    /// Changes what is told, unless the training has ended.
    ///
    /// @return whether it had not
    private synchronized boolean update(UnaryOperator<Training.Builder> change) {
        if (TrainingStore.hasEnded(now)) {
            return false;
        }
        now = change.apply(now.toBuilder()).build();
        notifyAll();
        return true;
    }

    /// Writes the record, which also tells the other replicas that this one lives. Once its end is
    /// kept there is nothing more to write.
    void keep() throws IOException {
        synchronized (writing) {
            if (endKept) {
                return;
            }
            TrainingRecord.Builder record = first.record().toBuilder();
            Training state;
            synchronized (this) {
                state = now;
                record.setTraining(state)
                        .setTextParts(textParts)
                        .setTextComplete(ProtoTime.of(textComplete))
                        .setBeat(++beat)
                        .setReleased(leaving);
            }
            store.save(new Attempt(first.id(), first.attempt(), record.build()));
            endKept = TrainingStore.hasEnded(state);
        }
    }

    /// Whether all that other replicas must know is in the store.
    boolean isOver() {
        synchronized (writing) {
            return endKept;
        }
    }

    /// Whether another replica has taken the training over.
    boolean isOvertaken() throws IOException {
        return store.newest(first.id()) > first.attempt();
    }

    /// Whether the caller has been silent for so long that another may take its place.
    boolean isSilent() {
        return snapshot().getState() == TrainingState.TRAINING_STATE_READING
                && System.nanoTime() - lastNanos > limits.trainingIdleTimeout().toNanos();
    }

    /// Takes the next part of the text.
    void add(ByteString part) {
        lastNanos = System.nanoTime();
        long textBytes = snapshot().getTextBytes() + part.size();
        if (textBytes > limits.maxTrainingTextBytes()) {
            throw FailureException.invalid(
                    "text",
                    "the text has over %d bytes; train on a part of it, or raise gyre.tokenization.max-training-text-bytes"
                            .formatted(limits.maxTrainingTextBytes()));
        }
        reading(
                () -> {
                    training.append(part.toStringUtf8());
                    part.writeTo(unkept);
                    if (unkept.size() >= TEXT_PART_BYTES) {
                        keepText();
                    }
                });
        update(state -> state.setTextBytes(textBytes));
    }

    private void keepText() throws IOException {
        if (unkept.size() == 0) {
            return;
        }
        store.addText(id(), textParts, unkept.toByteArray());
        unkept.reset();
        synchronized (this) {
            textParts++;
        }
    }

    /// All text has come: begins to learn.
    void learn() {
        reading(
                () -> {
                    training.endText();
                    if (snapshot().getTextBytes() == 0) {
                        throw FailureException.invalid("text", "there is no text to train on");
                    }
                    keepText();
                    synchronized (this) {
                        textComplete = clock.instant();
                    }
                });
        update(state -> state.setState(TrainingState.TRAINING_STATE_LEARNING));
        try {
            keep();
        } catch (IOException unreachable) {
            throw new UncheckedIOException("cannot keep the training", unreachable);
        }
        start(() -> {});
    }

    /// Learns from the text that an earlier attempt kept.
    void learnAgain() {
        start(
                () -> {
                    store.readText(id(), textParts, training::append);
                    training.endText();
                });
    }

    private interface Step {
        void run() throws IOException;
    }

    /// @throws FailureException when the training takes no more text, or refuses this one
    private void reading(Step step) {
        synchronized (training) {
            checkStillReading();
            try {
                step.run();
            } catch (IOException unreachable) {
                throw new UncheckedIOException("cannot keep the text", unreachable);
            } catch (IllegalArgumentException refused) {
                throw FailureException.invalid("text", String.valueOf(refused.getMessage()));
            } catch (CancellationException cancelled) {
                checkStillReading();
                throw cancelled;
            }
        }
    }

    private void checkStillReading() {
        Training seen = snapshot();
        if (leaving) {
            throw FailureException.unavailable(
                    "this service was thought dead and the training %s given up; start again"
                            .formatted(seen.getId()));
        }
        if (seen.getState() != TrainingState.TRAINING_STATE_READING) {
            throw FailureException.unavailable(
                    "the training %s takes no more text: %s"
                            .formatted(
                                    seen.getId(),
                                    seen.getReason().isEmpty()
                                            ? seen.getState()
                                            : seen.getReason()));
        }
    }

    private void start(Step before) {
        Thread.ofPlatform()
                .daemon()
                .name("training-" + id())
                .start(
                        () -> {
                            synchronized (training) {
                                learnAndStore(before);
                            }
                        });
    }

    private void learnAndStore(Step before) {
        try (training) {
            before.run();
            TrainedTokenizer trained = training.train();
            if (hasEnded() || leaving || isOvertaken()) {
                return;
            }
            Training of = snapshot();
            Tokenizer stored = keeper.save(of.getName(), trained, of.getSubject(), textComplete);
            end(
                    state ->
                            state.setState(TrainingState.TRAINING_STATE_SUCCEEDED)
                                    .setTokenizer(stored)
                                    .setLearned(trained.report().learned())
                                    .setDroppedPieces(trained.report().droppedPieces()));
            keep();
        } catch (IOException | RuntimeException | OutOfMemoryError failure) {
            // where the end could not be kept, the next beat keeps it
            if (!leaving) {
                end(TrainingState.TRAINING_STATE_FAILED, String.valueOf(failure.getMessage()));
            }
        }
    }

    /// Ends the training unless it has ended.
    void end(TrainingState last, String reason) {
        TrainingState before = snapshot().getState();
        if (end(state -> state.setState(last).setReason(reason))) {
            stop(before);
        }
    }

    private boolean end(UnaryOperator<Training.Builder> change) {
        return update(state -> change.apply(state).setEnded(ProtoTime.of(clock.instant())));
    }

    /// Stops because another replica goes on, and tells nobody.
    void leave() {
        leaving = true;
        stop(snapshot().getState());
    }

    private void stop(TrainingState before) {
        training.cancel();
        if (before == TrainingState.TRAINING_STATE_READING) {
            synchronized (training) {
                training.close();
            }
        }
    }
}
