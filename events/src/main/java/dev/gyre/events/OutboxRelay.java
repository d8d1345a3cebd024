package dev.gyre.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/// Sends what stands in the outbox and deletes it once the broker has it.
///
/// Of all replicas the one that holds the database's advisory lock sends. It reads all unsent rows
/// in the order of their ids, never "ids above the last one", because transactions do not commit in
/// that order. A crash between the acknowledgement and the deletion sends an event twice, with the
/// same id.
public final class OutboxRelay implements AutoCloseable {
    /// Any number that no other use of advisory locks has: `gyre` in ASCII.
    private static final long ADVISORY_LOCK = 0x67797265L;

    private static final int BATCH = 200;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration ACKNOWLEDGEMENT = Duration.ofSeconds(25);

    private final DataSource database;
    private final EventPublisher publisher;
    private final BiConsumer<String, Throwable> log;
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopping;

    /// Starts sending.
    ///
    /// @param log told what went wrong, in words and with the exception
    public OutboxRelay(
            DataSource database, EventPublisher publisher, BiConsumer<String, Throwable> log) {
        this.database = database;
        this.publisher = publisher;
        this.log = log;
        this.thread = Thread.ofPlatform().name("outbox-relay").daemon().start(this::run);
    }

    /// Says that a transaction with an event has been committed, so that it is sent without waiting
    /// for the next look.
    public void wake() {
        work.release();
    }

    private void run() {
        while (!stopping) {
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(true);
                if (lock(connection)) {
                    try {
                        relay(connection);
                    } finally {
                        unlock(connection);
                    }
                }
            } catch (SQLException | RuntimeException failure) {
                if (!stopping) {
                    log.accept("sending events failed and is tried again", failure);
                }
            }
            await(PAUSE);
        }
    }

    private void relay(Connection connection) throws SQLException {
        while (!stopping) {
            int sent = relayBatch(connection);
            if (sent < BATCH) {
                await(POLL);
            }
        }
    }

    private int relayBatch(Connection connection) throws SQLException {
        List<Long> ids = new ArrayList<>();
        List<EventPublisher.Outgoing> events = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT id, topic, event_id, type, key, value, event_time, trace_parent FROM outbox"
                                + " ORDER BY id LIMIT "
                                + BATCH)) {
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getLong(1));
                    events.add(outgoing(row));
                }
            }
        }
        if (ids.isEmpty()) {
            return 0;
        }
        publisher.publishAll(events, ACKNOWLEDGEMENT);
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM outbox WHERE id = ANY (?)")) {
            delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            delete.executeUpdate();
        }
        return ids.size();
    }

    private static EventPublisher.Outgoing outgoing(ResultSet row) throws SQLException {
        Event event =
                new Event(
                        row.getString("event_id"),
                        row.getString("type"),
                        row.getString("key"),
                        row.getBytes("value"),
                        row.getObject("event_time", OffsetDateTime.class).toInstant());
        return new EventPublisher.Outgoing(
                Topic.valueOf(row.getString("topic")), event, row.getString("trace_parent"));
    }

    private static boolean lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT pg_try_advisory_lock(" + ADVISORY_LOCK + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void unlock(Connection connection) throws SQLException {
        if (connection.isValid(1)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_unlock(" + ADVISORY_LOCK + ")");
            }
        }
    }

    private void await(Duration limit) {
        try {
            if (!stopping && work.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                work.drainPermits();
            }
        } catch (InterruptedException interrupted) {
            stopping = true;
        }
    }

    /// Stops after the batch that is being sent. Closes neither the database nor the publisher.
    @Override
    public void close() {
        stopping = true;
        wake();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
