package dev.gyre.trainer.jobs;

import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.events.Topic;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/// A database of its own with the service's tables.
///
/// @param address where it is
/// @param jdbi access to it
public record TestDatabase(DatabaseAddress address, Jdbi jdbi) {
    /// Gives up after three crashes, without pauses.
    public static final RetryPolicy RETRIES = new RetryPolicy(3, 10, Duration.ZERO);

    private static final int CONNECTIONS = 20;

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
        return new TestDatabase(address, Jdbi.create(pool(address)));
    }

    /// As Quarkus makes it: a new connection for each transaction would cost more than the rest.
    /// Its connections end when nobody has used them for a second.
    private static DataSource pool(DatabaseAddress address) {
        var login = new NamePrincipal(address.username());
        var password = new SimplePassword(address.password());
        var settings =
                new AgroalDataSourceConfigurationSupplier()
                        .connectionPoolConfiguration(
                                pool ->
                                        pool.maxSize(CONNECTIONS)
                                                .reapTimeout(Duration.ofSeconds(1))
                                                .connectionFactoryConfiguration(
                                                        connections ->
                                                                connections
                                                                        .jdbcUrl(address.jdbcUrl())
                                                                        .principal(login)
                                                                        .credential(password)));
        try {
            return AgroalDataSource.from(settings);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot open " + address, e);
        }
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
