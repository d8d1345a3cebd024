package dev.gyre.tokenization;

import dev.gyre.events.Event;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.Topic;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingChanged;
import dev.gyre.proto.tokenizer.v1.TrainingEvent;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Tells on `gyre.tokenizer.trainings.v1` how trainings go: progress where Kafka takes it, an end
/// until Kafka has taken it.
final class TrainingEvents {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Trainings trainings;
    private final EventPublisher publisher;
    private final Clock clock;
    private @Nullable Training lastProgress;

    TrainingEvents(Trainings trainings, EventPublisher publisher, Clock clock) {
        this.trainings = trainings;
        this.publisher = publisher;
        this.clock = clock;
    }

    /// Tells what there is to tell.
    ///
    /// @throws EventPublisher.UnacknowledgedException when Kafka does not answer
    void tell() throws IOException {
        for (Training training : trainings.news()) {
            if (TrainingStore.hasEnded(training)) {
                publish(training, training.getId() + "/ended");
                trainings.told(training);
            } else if (training != lastProgress) {
                publish(training, UUID.randomUUID().toString());
                lastProgress = training;
            }
        }
    }

    private void publish(Training training, String eventId) {
        TrainingEvent event =
                TrainingEvent.newBuilder()
                        .setChanged(TrainingChanged.newBuilder().setTraining(training))
                        .build();
        publisher.publish(
                Topic.TOKENIZER_TRAININGS,
                Event.of(eventId, training.getId(), event, clock.instant()),
                LIMIT);
    }
}
