package dev.gyre.trainer.jobs;

import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.events.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;

/// A database of its own with the service's tables.
///
/// @param address where it is
/// @param jdbi access to it
public record TestDatabase(DatabaseAddress address, Jdbi jdbi) {
    /// Gives up after three crashes, without pauses.
    public static final RetryPolicy RETRIES = new RetryPolicy(3, 10, Duration.ZERO);

    public static TestDatabase create() {
        TestDatabase database = at(SharedInfrastructure.get().newDatabase());
        Flyway.configure()
                .dataSource(
                        database.address.jdbcUrl(),
                        database.address.username(),
                        database.address.password())
                .locations("db/migration", "gyre/events")
                .load()
                .migrate();
        return database;
    }

    public static TestDatabase at(DatabaseAddress address) {
        var source = new PGSimpleDataSource();
        source.setUrl(address.jdbcUrl());
        source.setUser(address.username());
        source.setPassword(address.password());
        return new TestDatabase(address, Jdbi.create(source));
    }

    public JobStore store() {
        return store(Clock.systemUTC());
    }

    public JobStore store(Clock clock) {
        return new JobStore(jdbi, RETRIES, new JobMetrics(new SimpleMeterRegistry()), clock);
    }

    /// The values of the events in the outbox of one topic, in order.
    public <E> List<E> outbox(Topic topic, Parser<E> parser) {
        return jdbi.withHandle(
                handle ->
                        handle
                                .createQuery(
                                        "select value from outbox where topic = :topic order by id")
                                .bind("topic", topic.name())
                                .mapTo(byte[].class)
                                .stream()
                                .map(parser::parseUnchecked)
                                .toList());
    }

    /// Parses a message.
    public interface Parser<E> {
        E parse(byte[] bytes) throws com.google.protobuf.InvalidProtocolBufferException;

        private E parseUnchecked(byte[] bytes) {
            try {
                return parse(bytes);
            } catch (com.google.protobuf.InvalidProtocolBufferException malformed) {
                throw new AssertionError(malformed);
            }
        }
    }
}
