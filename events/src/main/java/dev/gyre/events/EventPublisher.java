package dev.gyre.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Sends events and knows when the broker has them.
///
/// Safe for use by many threads.
public final class EventPublisher implements AutoCloseable {
    /// How long the client itself tries; a caller that needs an earlier answer gives its own limit.
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(20);

    private final KafkaSettings settings;
    private final String source;
    private final KafkaProducer<byte[], byte[]> producer;

    /// @param source name of the service, for example `feedback-service`
    public EventPublisher(KafkaSettings settings, String source) {
        this.settings = settings;
        this.source = source;
        Map<String, Object> properties = settings.producerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 2);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L << 20);
        this.producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// An event with the topic that it goes to.
    ///
    /// @param traceParent W3C trace context of what caused it, or null
    public record Outgoing(Topic topic, Event event, @Nullable String traceParent) {}

    /// Sends one event and waits until the broker has it.
    ///
    /// @param limit how long to wait
    /// @throws UnacknowledgedException when the broker has not confirmed it by then; it may arrive
    ///   all the same
    public void publish(Topic topic, Event event, Duration limit) {
        publishAll(List.of(new Outgoing(topic, event, null)), limit);
    }

    /// Sends events in order and waits until the broker has all of them.
    ///
    /// @param limit how long to wait
    /// @throws UnacknowledgedException when the broker has not confirmed all by then; some may
    ///   arrive all the same
    public void publishAll(List<Outgoing> events, Duration limit) {
        List<Future<RecordMetadata>> acknowledgements = new ArrayList<>(events.size());
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            for (Outgoing outgoing : events) {
                Future<RecordMetadata> sent =
                        producer.send(
                                CloudEventHeaders.record(
                                        settings.nameOf(outgoing.topic()),
                                        outgoing.event(),
                                        source,
                                        outgoing.traceParent()));
                if (sent.isDone()) {
                    // failed at once, for the topic is missing: each of the others would wait, too
                    sent.get();
                }
                acknowledgements.add(sent);
            }
            for (Future<RecordMetadata> acknowledgement : acknowledgements) {
                acknowledgement.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException
                | TimeoutException
                | org.apache.kafka.common.KafkaException failure) {
            throw new UnacknowledgedException(
                    "%d events were not acknowledged by Kafka at %s: %s"
                            .formatted(
                                    events.size(),
                                    settings.bootstrapServers(),
                                    reason(failure, limit)),
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UnacknowledgedException("interrupted while sending events", interrupted);
        }
    }

    private static String reason(Exception failure, Duration limit) {
        return switch (failure) {
            case TimeoutException _ -> "no answer within %d s".formatted(limit.toSeconds());
            case ExecutionException failed -> String.valueOf(failed.getCause());
            default -> failure.toString();
        };
    }

    /// Says that Kafka has not confirmed an event.
    public static final class UnacknowledgedException extends RuntimeException {
        UnacknowledgedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
