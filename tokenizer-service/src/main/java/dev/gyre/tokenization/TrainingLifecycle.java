package dev.gyre.tokenization;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Keeps the trainings' records fresh and their events going, from the service's start to its end.
@Singleton
public class TrainingLifecycle {
    private static final long PERIOD_MILLIS = 1000;

    private final KafkaSettings kafka;
    private final Trainings trainings;

    /// Two: a broker that does not answer must not make this replica look dead.
    private final ScheduledExecutorService timer =
            Executors.newScheduledThreadPool(
                    2, task -> Thread.ofPlatform().daemon().name("trainings").unstarted(task));

    private @Nullable EventPublisher publisher;

    TrainingLifecycle(
            KafkaSettings kafka,
            ArtifactStore artifacts,
            TokenizerStore tokenizers,
            LimitsConfig limits,
            MeterRegistry registry) {
        this.kafka = kafka;
        this.trainings =
                new Trainings(
                        new TrainingStore(artifacts),
                        tokenizers,
                        limits,
                        Clock.systemUTC(),
                        (name, trained, subject, made) -> {
                            StoredTokenizer.Place place =
                                    tokenizers.save(name, trained, subject, made);
                            registry.counter("gyre.tokenizer.trained").increment();
                            return Messages.tokenizer(place, trained.tokenizer().vocabularySize());
                        });
    }

    Trainings trainings() {
        return trainings;
    }

    void start(@Observes StartupEvent event) {
        kafka.createTopics(Topic.TOKENIZER_TRAININGS);
        EventPublisher opened = new EventPublisher(kafka, "tokenizer-service");
        publisher = opened;
        TrainingEvents events = new TrainingEvents(trainings, opened, Clock.systemUTC());
        every(
                () -> {
                    trainings.beat();
                    trainings.review();
                });
        every(events::tell);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void every(Step step) {
        timer.scheduleWithFixedDelay(
                new Repeated(step), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Logs a problem once, for it comes again until it is gone.
    private static final class Repeated implements Runnable {
        private final Step step;
        private String problem = "";

        Repeated(Step step) {
            this.step = step;
        }

        @Override
        public void run() {
            try {
                step.run();
                problem = "";
            } catch (IOException | RuntimeException failure) {
                String message = String.valueOf(failure.getMessage());
                if (!message.equals(problem)) {
                    problem = message;
                    Log.warn("trainings of tokenizers wait: " + message, failure);
                }
            }
        }
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
        trainings.close();
        EventPublisher opened = publisher;
        if (opened != null) {
            opened.close();
        }
    }
}
