package dev.gyre.feedback;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.events.KafkaSettings;
import dev.gyre.feedback.completions.CompletionEvents;
import dev.gyre.feedback.completions.CompletionRetention;
import dev.gyre.feedback.completions.CompletionStore;
import dev.gyre.feedback.datasets.DatasetStore;
import dev.gyre.feedback.datasets.Datasets;
import dev.gyre.feedback.jobs.JobProgressEvents;
import dev.gyre.feedback.jobs.JobStates;
import dev.gyre.feedback.jobs.JobStore;
import dev.gyre.feedback.lineage.Lineage;
import dev.gyre.feedback.lineage.ModelEvents;
import dev.gyre.feedback.policies.Policies;
import dev.gyre.feedback.ratings.Raters;
import dev.gyre.feedback.ratings.RatingStore;
import dev.gyre.feedback.ratings.Ratings;
import dev.gyre.feedback.releases.CandidateEvents;
import dev.gyre.feedback.releases.CandidateStore;
import dev.gyre.feedback.releases.ReleaseStore;
import dev.gyre.feedback.releases.Releases;
import dev.gyre.feedback.releases.ReplicaEvents;
import dev.gyre.feedback.releases.Replicas;
import dev.gyre.feedback.rounds.JobEvents;
import dev.gyre.feedback.rounds.RoundStarter;
import dev.gyre.feedback.rounds.RoundStore;
import dev.gyre.feedback.rounds.Rounds;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/// The service without the framework around it: the same parts, put together by hand, so that a
/// test can end it and start it again in a second.
final class RunningService implements AutoCloseable {
    static final Identity OPERATOR =
            new Identity("olga", Set.of(Role.OPERATOR, Role.RATER), List.of(Identity.ALL_PROJECTS));

    private static final int CONNECTIONS = 20;

    final Jdbi database;
    final Ratings ratings;
    final Datasets datasets;
    final Policies policies;
    final Releases releases;
    final Rounds rounds;
    final Lineage lineage;
    final CompletionRetention retention;
    private final AgroalDataSource source;
    private final Lifecycle lifecycle;

    RunningService(DatabaseAddress address, KafkaSettings kafka, Path artifacts)
            throws IOException, SQLException {
        source = pool(address);
        Flyway.configure()
                .dataSource(source)
                .locations("gyre/events", "db/migration")
                .load()
                .migrate();
        Clock clock = Clock.systemUTC();
        database = Jdbi.create(source);
        ArtifactStore store = ArtifactStore.open(artifacts.toString());
        CompletionStore completions = new CompletionStore();
        ratings = new Ratings(database, new RatingStore(), new Raters(database), clock);
        datasets = new Datasets(database, new DatasetStore(), completions, store, clock);
        policies = new Policies(database);
        Replicas replicas = new Replicas();
        releases =
                new Releases(
                        database,
                        new ReleaseStore(),
                        new CandidateStore(),
                        replicas,
                        new ModelPackages(store, artifacts.resolve("cache")),
                        clock);
        rounds = new Rounds(database, new RoundStore(), datasets, policies, releases, clock);
        lineage = new Lineage(database);
        retention = new CompletionRetention(database, completions, () -> Duration.ofDays(1), clock);
        JobStore jobs = new JobStore();
        lifecycle =
                new Lifecycle(
                        kafka,
                        source,
                        database,
                        new Lifecycle.Effects(
                                new CompletionEvents(completions, ratings),
                                new ReplicaEvents(replicas),
                                new ModelEvents(),
                                new JobEvents(rounds),
                                new JobStates(jobs),
                                new JobProgressEvents(jobs),
                                new CandidateEvents(releases),
                                new RoundStarter(rounds, datasets, policies, releases, clock),
                                retention),
                        () -> Duration.ofMillis(100));
        lifecycle.start();
    }

    /// As Quarkus makes it: a new connection for each transaction would cost more than the rest.
    private static AgroalDataSource pool(DatabaseAddress address) throws SQLException {
        var login = new NamePrincipal(address.username());
        var password = new SimplePassword(address.password());
        return AgroalDataSource.from(
                new AgroalDataSourceConfigurationSupplier()
                        .connectionPoolConfiguration(
                                pool ->
                                        pool.maxSize(CONNECTIONS)
                                                .connectionFactoryConfiguration(
                                                        connections ->
                                                                connections
                                                                        .jdbcUrl(address.jdbcUrl())
                                                                        .principal(login)
                                                                        .credential(password))));
    }

    @Override
    public void close() {
        lifecycle.stop();
        source.close();
    }
}
