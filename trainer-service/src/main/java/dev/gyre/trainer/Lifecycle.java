package dev.gyre.trainer;

import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventPublisher;
import dev.gyre.events.KafkaSettings;
import dev.gyre.events.OutboxRelay;
import dev.gyre.events.Topic;
import dev.gyre.trainer.jobs.JobRequestEvents;
import dev.gyre.trainer.workers.Workers;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.sql.DataSource;

/// Starts the service's threads in order and stops them in reverse, so that a stopped worker's last
/// events still leave.
@Singleton
class Lifecycle {
    private final KafkaSettings kafka;
    private final DataSource database;
    private final JobRequestEvents requests;
    private final Workers workers;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    Lifecycle(
            KafkaSettings kafka, DataSource database, JobRequestEvents requests, Workers workers) {
        this.kafka = kafka;
        this.database = database;
        this.requests = requests;
        this.workers = workers;
    }

    void start(@Observes StartupEvent event) {
        kafka.createTopics(Topic.JOB_REQUESTS, Topic.JOBS, Topic.JOB_EVENTS);
        var publisher = new EventPublisher(kafka, "trainer-service");
        started.push(publisher);
        started.push(new OutboxRelay(database, publisher, Log::warn));
        started.push(
                new EventConsumer(
                        kafka,
                        Topic.JOB_REQUESTS,
                        JobRequestEvents.GROUP,
                        EventConsumer.Start.GROUP,
                        requests::handle,
                        Log::warn));
        workers.start();
        started.push(workers::stop);
    }

    void stop(@Observes ShutdownEvent event) {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception failure) {
                Log.warn("stopping failed", failure);
            }
        }
    }
}
