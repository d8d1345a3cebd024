package dev.gyre.feedback.platform;

import dev.gyre.events.Event;
import dev.gyre.events.Outbox;
import dev.gyre.events.Topic;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/// Puts events into the transaction of the change that they tell of.
public final class Outgoing {
    private Outgoing() {}

    /// Adds an event to the outbox.
    public static void append(Handle transaction, Topic topic, Event event) {
        try {
            Outbox.append(transaction.getConnection(), topic, event);
        } catch (SQLException failure) {
            throw new IllegalStateException(
                    "cannot write event " + event.id() + " to the outbox", failure);
        }
    }
}
