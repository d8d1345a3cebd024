package dev.gyre.events;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Headers of the Kafka protocol binding of CloudEvents 1.0, binary mode (section 3.2), and W3C
/// trace context.
final class CloudEventHeaders {
    static final String ID = "ce_id";
    static final String TYPE = "ce_type";
    static final String TIME = "ce_time";
    static final String TRACE_PARENT = "traceparent";
    static final String DEAD_LETTER_REASON = "gyre_dead_letter_reason";

    private CloudEventHeaders() {}

    static ProducerRecord<byte[], byte[]> record(
            String topic, Event event, String source, @Nullable String traceParent) {
        byte[] key = event.key().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, event.value());
        Headers headers = record.headers();
        put(headers, "ce_specversion", "1.0");
        put(headers, ID, event.id());
        put(headers, TYPE, event.type());
        put(headers, "ce_source", "/gyre/" + source);
        put(headers, TIME, event.time().toString());
        put(headers, "content-type", "application/protobuf");
        if (traceParent != null) {
            put(headers, TRACE_PARENT, traceParent);
        }
        return record;
    }

    /// Reads a record.
    ///
    /// @throws PoisonedRecordException when a header or the value is missing
    static EventRecord read(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        if (value == null || key == null) {
            throw new PoisonedRecordException("the record has no key or no value");
        }
        return new EventRecord(
                required(headers, ID),
                required(headers, TYPE),
                new String(key, StandardCharsets.UTF_8),
                value,
                time(required(headers, TIME)),
                optional(headers, TRACE_PARENT));
    }

    static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable String optional(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static String required(Headers headers, String name) {
        String value = optional(headers, name);
        if (value == null || value.isBlank()) {
            throw new PoisonedRecordException("the record has no header " + name);
        }
        return value;
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException malformed) {
            throw new PoisonedRecordException(
                    "the header ce_time is '" + text + "', wanted is RFC 3339", malformed);
        }
    }
}
