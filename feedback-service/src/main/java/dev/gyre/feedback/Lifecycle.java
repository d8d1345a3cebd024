package dev.gyre.feedback;

import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.OutboxRelay;
import dev.gyre.events.Topic;
import dev.gyre.feedback.completions.CompletionEvents;
import dev.gyre.feedback.completions.CompletionRetention;
import dev.gyre.feedback.jobs.JobProgressEvents;
import dev.gyre.feedback.jobs.JobStates;
import dev.gyre.feedback.lineage.ModelEvents;
import dev.gyre.feedback.platform.Effect;
import dev.gyre.feedback.releases.CandidateEvents;
import dev.gyre.feedback.releases.ReplicaEvents;
import dev.gyre.feedback.rounds.JobEvents;
import dev.gyre.feedback.rounds.RoundStarter;
import dev.gyre.feedback.rounds.RoundsConfig;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/// Starts the service's threads in order and stops them in reverse.
///
/// | consumer | topic | effect |
/// |---|---|---|
/// | feedback-service.completions | gyre.inference.completions.v1 | keeps answers, wakes parked ratings |
/// | feedback-service.replicas | gyre.inference.replicas.v1 | knows when a promotion is complete |
/// | feedback-service.lineage | gyre.training.jobs.v1 | knows what models are made of |
/// | feedback-service.rounds | gyre.training.jobs.v1 | drives rounds |
/// | feedback-service.jobs | gyre.training.jobs.v1 | keeps jobs for people to look at |
/// | feedback-service.job-progress | gyre.training.job-events.v1 | keeps how far they are |
/// | feedback-service.candidates | gyre.training.job-events.v1 | takes candidates |
@Singleton
class Lifecycle {
    static final String SERVICE = "feedback-service";

    private static final Duration FORGETTING = Duration.ofHours(1);

    private final KafkaSettings kafka;
    private final DataSource source;
    private final Jdbi database;
    private final Effects effects;
    private final RoundsConfig config;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private volatile boolean running;

    /// What the consumers do.
    @Singleton
    record Effects(
            CompletionEvents completions,
            ReplicaEvents replicas,
            ModelEvents lineage,
            JobEvents rounds,
            JobStates jobs,
            JobProgressEvents jobProgress,
            CandidateEvents candidates,
            RoundStarter starter,
            CompletionRetention retention) {}

    Lifecycle(
            KafkaSettings kafka,
            DataSource source,
            Jdbi database,
            Effects effects,
            RoundsConfig config) {
        this.kafka = kafka;
        this.source = source;
        this.database = database;
        this.effects = effects;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        start();
    }

    /// Starts everything.
    void start() {
        kafka.createTopics(Topic.values());
        EventPublisher publisher = new EventPublisher(kafka, SERVICE);
        started.push(publisher);
        started.push(new OutboxRelay(source, publisher, Log::warn));
        consume(Topic.COMPLETIONS, "completions", effects.completions());
        consume(Topic.REPLICAS, "replicas", effects.replicas());
        consume(Topic.JOBS, "lineage", effects.lineage());
        consume(Topic.JOBS, "rounds", effects.rounds());
        consume(Topic.JOBS, "jobs", effects.jobs());
        consume(Topic.JOB_EVENTS, "job-progress", effects.jobProgress());
        consume(Topic.JOB_EVENTS, "candidates", effects.candidates());
        started.push(
                new Repeating("round-starter", config.checkInterval(), effects.starter()::look));
        started.push(
                new Repeating("completion-retention", FORGETTING, effects.retention()::forget));
        running = true;
    }

    /// Whether everything has been started and nothing stopped.
    boolean isRunning() {
        return running;
    }

    private void consume(Topic topic, String feature, Effect effect) {
        String name = SERVICE + "." + feature;
        started.push(
                new EventConsumer(
                        kafka,
                        topic,
                        name,
                        EventConsumer.Start.GROUP,
                        Effect.once(database, name, effect),
                        Log::warn));
    }

    void stop(@Observes ShutdownEvent event) {
        stop();
    }

    /// Stops everything.
    void stop() {
        running = false;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception failure) {
                Log.warn("stopping failed", failure);
            }
        }
    }
}
