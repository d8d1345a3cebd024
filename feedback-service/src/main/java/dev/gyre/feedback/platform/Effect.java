package dev.gyre.feedback.platform;

import dev.gyre.access.FailureException;
import dev.gyre.events.EventConsumer;
import dev.gyre.events.EventRecord;
import dev.gyre.events.Inbox;
import dev.gyre.events.PoisonedRecordException;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// What a Kafka record does, in a database transaction.
@FunctionalInterface
public interface Effect {
    /// Does it.
    ///
    /// @param transaction commits with the inbox's row when this returns
    /// @throws PoisonedRecordException when this record can never be handled
    /// @throws IllegalArgumentException the same: it holds a value that no code takes
    void apply(Handle transaction, EventRecord record) throws Exception;

    /// A handler that has this effect once for each event id.
    ///
    /// What can never succeed is given up: values refused by our checks, and by PostgreSQL (class
    /// 22, data exception). All else is tried again.
    ///
    /// @param consumer name of the consumer in the inbox
    static EventConsumer.Handler once(Jdbi database, String consumer, Effect effect) {
        Inbox inbox = new Inbox(consumer);
        return record -> {
            try {
                database.useTransaction(
                        transaction -> {
                            if (inbox.take(transaction.getConnection(), record.id())) {
                                effect.apply(transaction, record);
                            }
                        });
            } catch (IllegalArgumentException | FailureException refused) {
                throw new PoisonedRecordException(String.valueOf(refused.getMessage()), refused);
            } catch (JdbiException failure) {
                if (failure.getCause() instanceof SQLException sql
                        && String.valueOf(sql.getSQLState()).startsWith("22")) {
                    throw new PoisonedRecordException(
                            "the database refuses a value: " + sql.getMessage(), failure);
                }
                throw failure;
            }
        };
    }
}
