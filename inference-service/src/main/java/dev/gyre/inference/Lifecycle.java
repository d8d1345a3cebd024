package dev.gyre.inference;

import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.Topic;
import dev.gyre.inference.completions.Completions;
import dev.gyre.inference.models.Models;
import dev.gyre.inference.models.ModelsConfig;
import dev.gyre.inference.models.ReleaseEvents;
import dev.gyre.inference.models.ReplicaEvents;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Starts the service's threads in order and stops them in reverse.
///
/// Kafka may be away when the service starts: the service is ready without models, and the topics
/// are read as soon as Kafka is there.
@Singleton
class Lifecycle {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final KafkaSettings kafka;
    private final EventPublisher publisher;
    private final Models models;
    private final ModelsConfig modelsConfig;
    private final Completions completions;
    private final Deque<AutoCloseable> started = new ArrayDeque<>(); // guarded by this
    private boolean stopped; // guarded by this

    Lifecycle(
            KafkaSettings kafka,
            EventPublisher publisher,
            Models models,
            ModelsConfig modelsConfig,
            Completions completions) {
        this.kafka = kafka;
        this.publisher = publisher;
        this.models = models;
        this.modelsConfig = modelsConfig;
        this.completions = completions;
    }

    synchronized void start(@Observes StartupEvent event) {
        started.push(publisher);
        started.push(completions);
        started.push(models);
        started.push(
                new ReplicaEvents(publisher, modelsConfig.replica(), models, Clock.systemUTC()));
        Thread.ofVirtual().name("connect-releases").start(this::connect);
    }

    /// Reads the releases as soon as Kafka lets it.
    private void connect() {
        while (!tryToConnect()) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean tryToConnect() {
        try {
            kafka.createTopics(Topic.RELEASES, Topic.REPLICAS, Topic.COMPLETIONS);
            EventConsumer releases =
                    new EventConsumer(
                            kafka,
                            Topic.RELEASES,
                            "inference-service.releases",
                            EventConsumer.Start.BEGINNING,
                            new ReleaseEvents(models)::handle,
                            Log::warn);
            closeAtEnd(releases);
            return true;
        } catch (RuntimeException e) {
            Log.warnf("the releases cannot be read yet: %s", e.getMessage());
            return isStopped();
        }
    }

    private synchronized void closeAtEnd(AutoCloseable part) {
        if (stopped) {
            close(part);
        } else {
            started.push(part);
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    synchronized void stop(@Observes ShutdownEvent event) {
        stopped = true;
        while (!started.isEmpty()) {
            close(started.pop());
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            Log.warn("stopping failed", e);
        }
    }
}
