package dev.gyre.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// Writes events into the caller's transaction; [OutboxRelay] sends them.
///
/// The caller holds a lock on the aggregate's row while it writes, so the order of an aggregate's
/// events is the order of its commits.
public final class Outbox {
    private Outbox() {}

    /// Adds an event to a transaction.
    public static void append(Connection transaction, Topic topic, Event event)
            throws SQLException {
        append(transaction, topic, event, null);
    }

    /// Adds an event with the trace that caused it to a transaction.
    ///
    /// @param traceParent W3C trace context, or null
    public static void append(
            Connection transaction, Topic topic, Event event, @Nullable String traceParent)
            throws SQLException {
        try (PreparedStatement insert =
                transaction.prepareStatement(
                        "INSERT INTO outbox (topic, event_id, type, key, value, event_time, trace_parent)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, topic.name());
            insert.setString(2, event.id());
            insert.setString(3, event.type());
            insert.setString(4, event.key());
            insert.setBytes(5, event.value());
            insert.setObject(6, event.time().atOffset(ZoneOffset.UTC));
            if (traceParent == null) {
                insert.setNull(7, Types.VARCHAR);
            } else {
                insert.setString(7, traceParent);
            }
            insert.executeUpdate();
        }
    }
}
