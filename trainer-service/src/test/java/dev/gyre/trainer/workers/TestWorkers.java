package dev.gyre.trainer.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.trainer.jobs.Job;
import dev.gyre.trainer.jobs.JobStore;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Workers for the tests, and how to wait for them.
final class TestWorkers {
    private TestWorkers() {}

    /// The workers' settings, with what `settings` changes.
    static WorkerConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withMapping(WorkerConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(WorkerConfig.class);
    }

    /// Workers that run [FakeWorker].
    static Workers fake(JobStore jobs, Path store, Map<String, String> settings) {
        Map<String, String> properties = new HashMap<>();
        properties.put("gyre.worker.class-path", FakeWorker.classPath());
        properties.put("gyre.worker.main-class", FakeWorker.class.getName());
        properties.put(
                "gyre.worker.java-options",
                "-XX:+UseSerialGC -Xmx64m -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError");
        properties.put("gyre.worker.poll-interval", "50ms");
        properties.put("gyre.worker.progress-interval", "50ms");
        properties.put("gyre.worker.stop-timeout", "3s");
        properties.putAll(settings);
        return of(jobs, store, properties);
    }

    static Workers of(JobStore jobs, Path store, Map<String, String> settings) {
        try {
            return new Workers(
                    jobs,
                    store.toString(),
                    store.resolve(".cache"),
                    config(settings),
                    Clock.systemUTC());
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    static Job awaitEnd(JobStore jobs, Job job) {
        return await(jobs, job, now -> now.state().ended());
    }

    static Job await(JobStore jobs, Job job, Predicate<Job> wanted) {
        Instant limit = Instant.now().plusSeconds(300);
        Job now = jobs.find(job.id()).orElseThrow();
        while (!wanted.test(now)) {
            assertThat(Instant.now()).as("%s", now).isBefore(limit);
            pause();
            now = jobs.find(job.id()).orElseThrow();
        }
        return now;
    }

    static void awaitDeath(ProcessHandle process) {
        Instant limit = Instant.now().plusSeconds(20);
        while (process.isAlive()) {
            assertThat(Instant.now()).as("worker %d lives", process.pid()).isBefore(limit);
            pause();
        }
    }

    /// The only running child whose command line names `mainClass`.
    static ProcessHandle onlyWorker(String mainClass) {
        return ProcessHandle.current()
                .children()
                .filter(
                        child ->
                                child.info()
                                        .commandLine()
                                        .filter(line -> line.contains(mainClass))
                                        .isPresent())
                .reduce(
                        (one, other) -> {
                            throw new AssertionError("two workers: " + one + ", " + other);
                        })
                .orElseThrow();
    }

    static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
