package dev.gyre.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Knows which events have had their effect. Its row commits with the effect, so a repeat changes
/// nothing.
public final class Inbox {
    private final String consumer;

    /// @param consumer name of the consumer, for example `feedback-service.completions`
    public Inbox(String consumer) {
        this.consumer = consumer;
    }

    /// Takes an event in the caller's transaction.
    ///
    /// @return true when it is new: the caller then does its effect in the same transaction
    public boolean take(Connection transaction, String eventId) throws SQLException {
        try (PreparedStatement insert =
                transaction.prepareStatement(
                        "INSERT INTO consumed_event (consumer, event_id) VALUES (?, ?)"
                                + " ON CONFLICT DO NOTHING")) {
            insert.setString(1, consumer);
            insert.setString(2, eventId);
            return insert.executeUpdate() == 1;
        }
    }
}
