package dev.gyre.events;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// A record as a consumer sees it.
///
/// @param id the event's id, which the [Inbox] knows it by
/// @param type full name of the message
/// @param key entity that the order is kept for
/// @param value the message in protobuf
/// @param time when it happened
/// @param traceParent W3C trace context of what caused it, or null
public record EventRecord(
        String id,
        String type,
        String key,
        byte[] value,
        Instant time,
        @Nullable String traceParent) {

    /// Reads what a Kafka client that is not an [EventConsumer] has got.
    ///
    /// @throws PoisonedRecordException when a header, the key or the value is missing
    public static EventRecord of(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return CloudEventHeaders.read(key, value, headers);
    }

    /// Parses the value.
    ///
    /// @throws PoisonedRecordException when it is no such message
    public <M extends MessageLite> M parse(Parser<M> parser) {
        try {
            return parser.parseFrom(value);
        } catch (InvalidProtocolBufferException malformed) {
            throw new PoisonedRecordException(
                    "the value is no " + type + ": " + malformed.getMessage(), malformed);
        }
    }
}
