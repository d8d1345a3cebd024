package dev.gyre.tokenization;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.tokenizer.training.TrainingSettings;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/// The trainings of this service, one at a time: each needs its own memory. Ended ones are
/// remembered for a while.
@Singleton
public class Trainings {
    private static final int MOST_REMEMBERED = 100;

    private final TokenizerStore tokenizers;
    private final LimitsConfig limits;
    private final MeterRegistry registry;

    /// Newest first.
    private final Deque<Training> trainings = new ArrayDeque<>();

    Trainings(TokenizerStore tokenizers, LimitsConfig limits, MeterRegistry registry) {
        this.tokenizers = tokenizers;
        this.limits = limits;
        this.registry = registry;
    }

    /// Begins a training.
    ///
    /// @throws FailureException when the name is taken by a model, or another training runs
    synchronized Training open(TrainingSettings settings, String name, String subject) {
        tokenizers.checkNewName(name);
        Training last = trainings.peekFirst();
        if (last != null && !last.snapshot().state().hasEnded()) {
            if (!last.isSilent()) {
                throw new FailureException(
                        new Failure.Busy(
                                "the training %s of %s runs; try again, or cancel it"
                                        .formatted(last.snapshot().id(), last.snapshot().name()),
                                limits.trainingIdleTimeout()));
            }
            last.end(
                    Training.State.FAILED,
                    "the caller was silent for %s and another training took its place; start again"
                            .formatted(limits.trainingIdleTimeout()));
        }
        Training training =
                new Training(
                        UUID.randomUUID().toString(),
                        name,
                        subject,
                        settings,
                        limits,
                        Clock.systemUTC(),
                        trained -> {
                            registry.counter("gyre.tokenizer.trained").increment();
                            return tokenizers.save(name, trained, subject);
                        });
        trainings.addFirst(training);
        if (trainings.size() > MOST_REMEMBERED) {
            trainings.removeLast();
        }
        return training;
    }

    /// All that are remembered, newest first.
    synchronized List<Training> list() {
        return new ArrayList<>(trainings);
    }

    /// A training by its id.
    ///
    /// @throws FailureException when there is none
    Training find(String id) {
        return list().stream()
                .filter(training -> training.snapshot().id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                FailureException.notFound(
                                        "there is no training \"%s\"; ListTrainings lists those that there are"
                                                .formatted(id)));
    }
}
