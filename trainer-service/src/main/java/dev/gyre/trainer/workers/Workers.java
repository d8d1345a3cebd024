package dev.gyre.trainer.workers;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.trainer.jobs.Job;
import dev.gyre.trainer.jobs.JobStore;
import dev.gyre.trainer.jobs.Lease;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Claims jobs as slots become free and runs an [Attempt] each, on a thread of its own. Frees the
/// jobs of services that are gone.
public final class Workers {
    private static final Duration ALIVE = Duration.ofSeconds(60);

    private final JobStore jobs;
    private final ArtifactStore store;
    private final ModelPackages packages;
    private final String artifacts;
    private final Path cache;
    private final WorkerConfig config;
    private final Clock clock;
    private final ServiceProcess process = ServiceProcess.current();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Semaphore slots;
    private final ExecutorService attempts = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread;
    private volatile Instant lastRound;

    /// @param artifacts location of the artifact store
    /// @param cache folder of verified copies of models, for the workers
    /// @throws IOException when the artifact store cannot be opened
    public Workers(JobStore jobs, String artifacts, Path cache, WorkerConfig config, Clock clock)
            throws IOException {
        this.jobs = jobs;
        this.store = ArtifactStore.open(artifacts);
        this.packages = new ModelPackages(store, cache);
        this.artifacts = artifacts;
        this.cache = cache;
        this.config = config;
        this.clock = clock;
        this.slots = new Semaphore(config.slots());
        this.lastRound = clock.instant();
        this.thread = Thread.ofPlatform().name("workers").daemon().unstarted(this::work);
    }

    /// Begins to claim jobs.
    public void start() {
        if (config.classPath().isEmpty()) {
            Log.warn("no jobs are run here: gyre.worker.class-path is not set");
        }
        thread.start();
    }

    /// Whether the claiming goes on.
    public boolean isAlive() {
        return thread.isAlive() && clock.instant().isBefore(lastRound.plus(ALIVE));
    }

    /// Stops claiming, lets every running worker write a checkpoint, and frees its job.
    public void stop() {
        stopping.countDown();
        try {
            thread.join(Duration.ofSeconds(10));
            attempts.shutdown();
            long limit = config.stopTimeout().plusSeconds(10).toMillis();
            if (!attempts.awaitTermination(limit, TimeUnit.MILLISECONDS)) {
                attempts.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            attempts.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        do {
            try {
                for (Job freed : jobs.takeOver(process::isDead)) {
                    Log.infof("job %s: %s", freed.id(), freed.state());
                }
                config.classPath().ifPresent(this::claimAll);
                jobs.countOpen();
            } catch (RuntimeException failure) {
                Log.warn("looking for jobs failed and is tried again", failure);
            }
            lastRound = clock.instant();
        } while (!stopsWithin(config.pollInterval()));
    }

    private boolean stopsWithin(Duration pause) {
        try {
            return stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void claimAll(String classPath) {
        while (stopping.getCount() > 0 && slots.tryAcquire()) {
            boolean running = false;
            try {
                var lease = new Lease(process.self(), clock.instant().plus(config.lease()));
                Optional<Job> claimed = jobs.claim(lease);
                if (claimed.isEmpty()) {
                    return;
                }
                attempts.execute(() -> run(claimed.get(), classPath));
                running = true;
            } finally {
                if (!running) {
                    slots.release();
                }
            }
        }
    }

    private void run(Job job, String classPath) {
        try {
            new Attempt(
                            job,
                            new AttemptFiles(store, packages, job),
                            WorkerCommand.of(
                                    config, classPath, artifacts, cache, job, System.getenv()),
                            jobs,
                            config,
                            clock,
                            stopping)
                    .run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            slots.release();
        }
    }
}
