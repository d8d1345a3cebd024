package dev.gyre.events;

import com.google.protobuf.MessageLite;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// An event to be sent.
///
/// @param id unique id; a repeat has the same
/// @param type full name of the message, for example `gyre.feedback.v1.RatingEvent`
/// @param key entity that the order is kept for
/// @param value the message in protobuf; at most [#MAX_BYTES]
/// @param time when it happened
public record Event(String id, String type, String key, byte[] value, Instant time) {
    /// Largest value in bytes; what is larger goes into an artifact.
    public static final int MAX_BYTES = 900_000;

    public Event {
        if (id.isBlank() || key.isBlank()) {
            throw new IllegalArgumentException("an event needs an id and a key: " + type);
        }
        if (value.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    String.format(
                            "event %s of type %s has %d bytes, the limit is %d; put the payload into an"
                                    + " artifact",
                            id, type, value.length, MAX_BYTES));
        }
        time = time.truncatedTo(ChronoUnit.MILLIS);
    }

    /// An event with a generated message as value.
    ///
    /// @param type full name of the message
    public static Event of(String id, String type, String key, MessageLite message, Instant time) {
        return new Event(id, type, key, message.toByteArray(), time);
    }

    /// An event with a generated message as value and its full name as type.
    public static Event of(
            String id, String key, com.google.protobuf.Message message, Instant time) {
        return of(id, message.getDescriptorForType().getFullName(), key, message, time);
    }
}
