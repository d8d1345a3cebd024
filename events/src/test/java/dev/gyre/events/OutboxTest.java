package dev.gyre.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.proto.feedback.v1.RatingEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/// The outbox and the inbox over the real database and broker.
class OutboxTest {
    private final KafkaSettings settings = TestKafka.settings();
    private final PGSimpleDataSource database = new PGSimpleDataSource();

    @BeforeEach
    void makeTables() throws SQLException, IOException {
        settings.createTopics(Topic.RATINGS);
        DatabaseAddress address = SharedInfrastructure.get().newDatabase();
        database.setUrl(address.jdbcUrl());
        database.setUser(address.username());
        database.setPassword(address.password());
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                InputStream schema =
                        Outbox.class.getResourceAsStream(
                                "/gyre/events/V0_1__outbox_and_inbox.sql")) {
            statement.execute(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void sendsWhatWasCommittedAndNothingElse() throws SQLException {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        List<String> problems = Collections.synchronizedList(new ArrayList<>());
        try (EventPublisher publisher = new EventPublisher(settings, "outbox-test");
                OutboxRelay first =
                        new OutboxRelay(database, publisher, (p, e) -> problems.add(p + e));
                OutboxRelay _ =
                        new OutboxRelay(database, publisher, (p, e) -> problems.add(p + e));
                EventConsumer _ =
                        new EventConsumer(
                                settings,
                                Topic.RATINGS,
                                "outbox",
                                EventConsumer.Start.GROUP,
                                record -> seen.add(record.id()),
                                (p, e) -> problems.add(p + e))) {
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                append(connection, "rolled-back");
                connection.rollback();
                for (int i = 0; i < 450; i++) {
                    append(connection, "e" + i);
                    connection.commit();
                }
            }
            first.wake();

            EventsTest.await(() -> seen.size() >= 450 && unsent() == 0);
        }

        assertThat(seen).hasSize(450).doesNotHaveDuplicates().doesNotContain("rolled-back");
        assertThat(seen).startsWith("e0", "e1", "e2").endsWith("e449");
        assertThat(problems).isEmpty();
    }

    @Test
    void takesAnEventOncePerConsumer() throws SQLException {
        Inbox inbox = new Inbox("feedback-service.completions");

        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            assertThat(inbox.take(connection, "e1")).isTrue();
            connection.rollback();

            assertThat(inbox.take(connection, "e1"))
                    .as("after a rollback it is new again")
                    .isTrue();
            connection.commit();

            assertThat(inbox.take(connection, "e1")).isFalse();
            assertThat(new Inbox("other").take(connection, "e1")).isTrue();
            connection.rollback();
        }
    }

    private static void append(Connection connection, String id) throws SQLException {
        Outbox.append(
                connection,
                Topic.RATINGS,
                Event.of(id, "one-key", RatingEvent.getDefaultInstance(), Instant.now()));
    }

    private int unsent() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM outbox")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
