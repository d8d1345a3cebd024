package dev.gyre.tokenization;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.events.ProtoTime;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingRecord;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.tokenization.TrainingStore.Attempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The trainings, of which this replica works on one at a time: each needs its own memory. All that
/// must outlive a replica is in the [TrainingStore], so every replica can tell of every training,
/// and goes on with one whose replica has ended.
final class Trainings {
    /// Ended trainings that are remembered.
    static final int MOST_REMEMBERED = 100;

    /// A training that so many replicas did not survive is given up.
    static final int MOST_LOSSES = 3;

    private static final long REMOTE_MILLIS = 500;

    private final TrainingStore store;
    private final TokenizerStore tokenizers;
    private final LimitsConfig limits;
    private final Clock clock;
    private final TrainingRun.Keeper keeper;

    /// What this replica works on, or worked on last.
    private @Nullable TrainingRun run;

    /// Of trainings of other replicas, when a sign of life was last seen.
    private final Map<String, Sign> signs = new HashMap<>();

    /// Ids of those that have ended, were told and need no more care.
    private final Set<String> settled = new HashSet<>();

    /// Trainings that have ended, by id, until their end is told.
    private final Map<String, Training> untold = new ConcurrentHashMap<>();

    private record Sign(int attempt, long beat, long nanos) {}

    Trainings(
            TrainingStore store,
            TokenizerStore tokenizers,
            LimitsConfig limits,
            Clock clock,
            TrainingRun.Keeper keeper) {
        this.store = store;
        this.tokenizers = tokenizers;
        this.limits = limits;
        this.clock = clock;
        this.keeper = keeper;
    }

    private TrainingRun run(Attempt begun) {
        return new TrainingRun(begun, store, limits, clock, keeper);
    }

    /// Begins a training.
    ///
    /// @throws FailureException when the settings are refused, the name is taken by a model, or
    ///   another training runs here
    synchronized TrainingRun open(TrainSettings settings, String subject) {
        String name = settings.getName();
        TrainingRequests.settings(settings);
        tokenizers.checkNewName(name);
        makeRoom();
        String id = UUID.randomUUID().toString();
        Training training =
                Training.newBuilder()
                        .setId(id)
                        .setName(name)
                        .setSubject(subject)
                        .setState(TrainingState.TRAINING_STATE_READING)
                        .setPhase("reading")
                        .setStarted(ProtoTime.of(clock.instant()))
                        .build();
        TrainingRecord record =
                TrainingRecord.newBuilder().setTraining(training).setSettings(settings).build();
        Attempt begun = new Attempt(id, 1, record);
        reaching(() -> store.begin(begun));
        TrainingRun opened = run(begun);
        run = opened;
        return opened;
    }

    private void makeRoom() {
        TrainingRun last = run;
        if (last == null) {
            return;
        }
        if (!last.hasEnded()) {
            Training running = last.snapshot();
            if (!last.isSilent()) {
                throw new FailureException(
                        new Failure.Busy(
                                "the training %s of %s runs; try again, or cancel it"
                                        .formatted(running.getId(), running.getName()),
                                limits.trainingIdleTimeout()));
            }
            last.end(
                    TrainingState.TRAINING_STATE_FAILED,
                    "the caller was silent for %s and another training took its place; start again"
                            .formatted(limits.trainingIdleTimeout()));
        }
        reaching(
                () -> {
                    last.keep();
                    return true;
                });
    }

    /// All that are remembered, newest first.
    List<Training> list() {
        TrainingRun ours = ours();
        return reaching(store::list).stream()
                .map(
                        attempt ->
                                ours != null && attempt.id().equals(ours.id())
                                        ? ours.snapshot()
                                        : attempt.training())
                .toList();
    }

    private synchronized @Nullable TrainingRun ours() {
        return run;
    }

    private @Nullable TrainingRun ours(String id) {
        TrainingRun ours = ours();
        return ours != null && ours.id().equals(id) ? ours : null;
    }

    /// A training by its id.
    ///
    /// @throws FailureException when there is none
    Training find(String id) {
        TrainingRun ours = ours(id);
        return ours != null ? ours.snapshot() : stored(id).training();
    }

    private Attempt stored(String id) {
        Attempt found = null;
        try {
            found = reaching(() -> store.find(id));
        } catch (IllegalArgumentException _) {
            // no id has this form
        }
        if (found == null) {
            throw FailureException.notFound(
                    "there is no training \"%s\"; ListTrainings lists those that there are"
                            .formatted(id));
        }
        return found;
    }

    /// Waits until a training is no longer as a caller last saw it, or a while has passed.
    Training await(Training seen, long millis) throws InterruptedException {
        TrainingRun ours = ours(seen.getId());
        if (ours != null) {
            return ours.await(seen, millis);
        }
        Thread.sleep(Math.min(millis, REMOTE_MILLIS));
        Training next = find(seen.getId());
        return next.equals(seen) ? seen : next;
    }

    /// Ends a training, wherever it runs.
    ///
    /// @return its state now: one of another replica has not ended yet
    Training cancel(String id, String subject) {
        TrainingRun ours = ours(id);
        if (ours != null) {
            cancel(ours, subject);
            return ours.snapshot();
        }
        Attempt found = stored(id);
        if (!found.hasEnded()) {
            reaching(
                    () -> {
                        store.cancel(id, subject);
                        return true;
                    });
        }
        return found.training();
    }

    private static void cancel(TrainingRun run, String subject) {
        run.end(TrainingState.TRAINING_STATE_CANCELLED, "cancelled by " + subject);
    }

    /// Tells the other replicas that this one lives, and learns what they want.
    void beat() throws IOException {
        TrainingRun ours = ours();
        if (ours == null || ours.isOver()) {
            return;
        }
        if (ours.isOvertaken()) {
            ours.leave();
            forget(ours);
            return;
        }
        String cancelledBy = store.cancelledBy(ours.id());
        if (cancelledBy != null) {
            cancel(ours, cancelledBy);
        }
        ours.keep();
    }

    private synchronized void forget(TrainingRun left) {
        if (run == left) {
            run = null;
        }
    }

    /// Looks after the trainings whose replica has ended and those whose end is untold, and forgets
    /// the oldest.
    void review() throws IOException {
        TrainingRun ours = ours();
        List<String> ids = store.ids();
        for (String id : ids) {
            Attempt attempt = settled.contains(id) ? null : store.find(id);
            if (attempt == null) {
                continue;
            }
            if (attempt.hasEnded()) {
                settle(attempt);
            } else if ((ours == null || !ours.id().equals(id)) && isLost(attempt)) {
                takeOver(attempt);
            }
        }
        signs.keySet().retainAll(ids);
        settled.retainAll(ids);
        if (ids.size() > MOST_REMEMBERED) {
            forgetOldest();
        }
    }

    private void settle(Attempt ended) throws IOException {
        if (store.isTold(ended.id())) {
            store.deleteText(ended.id());
            settled.add(ended.id());
        } else {
            untold.put(ended.id(), ended.training());
        }
    }

    private void forgetOldest() throws IOException {
        List<Attempt> ended = store.list().stream().filter(Attempt::hasEnded).toList();
        for (Attempt old : ended.subList(Math.min(MOST_REMEMBERED, ended.size()), ended.size())) {
            if (settled.contains(old.id())) {
                store.delete(old.id());
            }
        }
    }

    /// What is to be told now: trainings that have ended, and how far the one of this replica is.
    List<Training> news() {
        List<Training> news = new ArrayList<>(untold.values());
        TrainingRun ours = ours();
        if (ours != null && !ours.hasEnded()) {
            news.add(ours.snapshot());
        }
        return news;
    }

    /// A training's end was told.
    void told(Training ended) throws IOException {
        store.markTold(ended.getId());
        untold.remove(ended.getId());
    }

    private boolean isLost(Attempt attempt) {
        if (attempt.record().getReleased()) {
            return true;
        }
        Sign sign = signs.get(attempt.id());
        if (sign == null
                || sign.attempt() != attempt.attempt()
                || sign.beat() != attempt.record().getBeat()) {
            signs.put(
                    attempt.id(),
                    new Sign(attempt.attempt(), attempt.record().getBeat(), System.nanoTime()));
            return false;
        }
        return System.nanoTime() - sign.nanos() > limits.trainingTakeover().toNanos();
    }

    private void takeOver(Attempt lost) throws IOException {
        TrainingRecord.Builder record = lost.record().toBuilder().clearReleased().clearBeat();
        if (!lost.record().getReleased()) {
            record.setLosses(lost.record().getLosses() + 1);
        }
        String cancelledBy = store.cancelledBy(lost.id());
        if (cancelledBy != null) {
            giveUp(
                    lost,
                    record,
                    TrainingState.TRAINING_STATE_CANCELLED,
                    "cancelled by " + cancelledBy);
        } else if (lost.training().getState() == TrainingState.TRAINING_STATE_READING) {
            giveUp(
                    lost,
                    record,
                    TrainingState.TRAINING_STATE_FAILED,
                    "the service ended before all text had come; start again");
        } else if (record.getLosses() >= MOST_LOSSES) {
            giveUp(
                    lost,
                    record,
                    TrainingState.TRAINING_STATE_FAILED,
                    "the service ended %d times while it learned; give it more memory, or less text"
                            .formatted(record.getLosses()));
        } else {
            goOn(lost, record);
        }
    }

    private void giveUp(
            Attempt lost, TrainingRecord.Builder record, TrainingState last, String reason)
            throws IOException {
        record.getTrainingBuilder()
                .setState(last)
                .setReason(reason)
                .setEnded(ProtoTime.of(clock.instant()));
        store.begin(new Attempt(lost.id(), lost.attempt() + 1, record.build()));
    }

    private synchronized void goOn(Attempt lost, TrainingRecord.Builder record) throws IOException {
        if (run != null && !run.isOver()) {
            return; // no memory for two
        }
        Attempt next = new Attempt(lost.id(), lost.attempt() + 1, record.build());
        if (store.begin(next)) {
            TrainingRun again = run(next);
            run = again;
            again.learnAgain();
        }
    }

    /// This replica ends: what it reads has failed, what it learns goes on elsewhere.
    void close() {
        TrainingRun ours = ours();
        if (ours == null || ours.isOver()) {
            return;
        }
        if (ours.snapshot().getState() == TrainingState.TRAINING_STATE_READING) {
            ours.end(
                    TrainingState.TRAINING_STATE_FAILED,
                    "the service ended before all text had come; start again");
        } else {
            ours.leave();
        }
        reaching(
                () -> {
                    ours.keep();
                    return true;
                });
    }

    private interface Reaching<T extends @Nullable Object> {
        T run() throws IOException;
    }

    private static <T extends @Nullable Object> T reaching(Reaching<T> step) {
        try {
            return step.run();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot reach the artifact store", failure);
        }
    }
}
