package dev.gyre.trainer;

import dev.gyre.platform.ArtifactsConfig;
import dev.gyre.trainer.jobs.JobMetrics;
import dev.gyre.trainer.jobs.JobRequestEvents;
import dev.gyre.trainer.jobs.JobStore;
import dev.gyre.trainer.jobs.JobsConfig;
import dev.gyre.trainer.workers.WorkerConfig;
import dev.gyre.trainer.workers.Workers;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/// The parts of the service, which know nothing of the framework, put together.
@Singleton
final class Components {
    private final Clock clock = Clock.systemUTC();

    @Produces
    @Singleton
    Jdbi database(DataSource dataSource) {
        return Jdbi.create(dataSource);
    }

    @Produces
    @Singleton
    JobStore jobStore(Jdbi database, JobsConfig config, MeterRegistry registry) {
        return new JobStore(database, config.retryPolicy(), new JobMetrics(registry), clock);
    }

    @Produces
    @Singleton
    JobRequestEvents jobRequestEvents(Jdbi database, JobStore jobs) {
        return new JobRequestEvents(database, jobs);
    }

    @Produces
    @Singleton
    Workers workers(JobStore jobs, ArtifactsConfig artifacts, WorkerConfig config)
            throws IOException {
        return new Workers(jobs, artifacts.location(), artifacts.cache(), config, clock);
    }
}
