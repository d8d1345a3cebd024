package dev.gyre.trainer.workers;

import dev.gyre.trainer.jobs.Decision;
import dev.gyre.trainer.jobs.Job;
import dev.gyre.trainer.jobs.JobCommand;
import dev.gyre.trainer.jobs.JobOutcome;
import dev.gyre.trainer.jobs.JobStore;
import dev.gyre.trainer.jobs.Progress;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// One attempt at a job, from the claim to its end: starts the worker, renews the lease, passes on
/// progress, and says how it ended. Whatever the store calls stale ends the worker: somebody else
/// has the job now, or nobody wants it.
final class Attempt {
    private final Job job;
    private final AttemptFiles files;
    private final WorkerCommand command;
    private final JobStore jobs;
    private final WorkerConfig config;
    private final Clock clock;
    private final CountDownLatch stopping;

    private Instant leaseUntil;
    private Instant nextReport = Instant.EPOCH;
    private String reportedPhase = "";

    /// @param stopping opened when the service stops
    Attempt(
            Job job,
            AttemptFiles files,
            WorkerCommand command,
            JobStore jobs,
            WorkerConfig config,
            Clock clock,
            CountDownLatch stopping) {
        this.job = job;
        this.files = files;
        this.command = command;
        this.jobs = jobs;
        this.config = config;
        this.clock = clock;
        this.stopping = stopping;
        this.leaseUntil = Objects.requireNonNull(job.lease(), "lease").until();
    }

    /// Runs the attempt to its end.
    void run() throws InterruptedException {
        Log.infof("job %s: attempt %d begins", job.id(), job.attempt());
        try (WorkerProcess worker = start()) {
            if (attend(worker)) {
                conclude(worker);
            }
        } catch (IOException | RuntimeException failure) {
            Log.errorf(failure, "job %s: attempt %d failed", job.id(), job.attempt());
            tell(new JobCommand.Crash(job.attempt(), "the attempt failed: " + failure, ""));
        }
    }

    private WorkerProcess start() throws IOException {
        files.writeRequest();
        String name = "worker " + job.id() + "/" + job.attempt() + ": ";
        return WorkerProcess.start(command, line -> Log.info(name + line));
    }

    /// Stays with the worker until it ends.
    ///
    /// @return whether its end is still of interest
    private boolean attend(WorkerProcess worker) throws InterruptedException {
        while (!worker.awaitEnd(config.pollInterval())) {
            if (stopping.getCount() == 0) {
                worker.stop(config.stopTimeout());
                report(worker, true);
                if (worker.end() instanceof WorkerProcess.End.Done) {
                    return true; // it was just done
                }
                tell(new JobCommand.Stop(job.attempt(), "the service stopped"));
                return false;
            }
            if (!keep(worker)) {
                worker.kill();
                return false;
            }
        }
        report(worker, true);
        return true;
    }

    /// Renews and reports what is due.
    ///
    /// @return whether the attempt may go on
    private boolean keep(WorkerProcess worker) {
        try {
            return report(worker, false) && renew() && isCurrent();
        } catch (RuntimeException unreachable) {
            Log.warnf(unreachable, "job %s: cannot reach the database, trying again", job.id());
            // without the database nobody knows that we still hold the lease
            return clock.instant().isBefore(leaseUntil);
        }
    }

    private boolean report(WorkerProcess worker, boolean last) {
        Optional<Progress> progress = worker.takeProgress();
        if (progress.isEmpty()) {
            return true;
        }
        boolean due =
                last
                        || !progress.get().phase().equals(reportedPhase)
                        || !clock.instant().isBefore(nextReport);
        if (!due) {
            worker.putBack(progress.get());
            return true;
        }
        nextReport = clock.instant().plus(config.progressInterval());
        reportedPhase = progress.get().phase();
        return accepted(
                jobs.change(job.id(), new JobCommand.Report(job.attempt(), progress.get())));
    }

    private boolean renew() {
        Instant now = clock.instant();
        Duration left = Duration.between(now, leaseUntil);
        if (left.compareTo(config.lease().multipliedBy(2).dividedBy(3)) > 0) {
            return true;
        }
        Instant until = now.plus(config.lease());
        boolean renewed =
                accepted(jobs.change(job.id(), new JobCommand.Renew(job.attempt(), until)));
        leaseUntil = renewed ? until : leaseUntil;
        return renewed;
    }

    private boolean isCurrent() {
        return jobs.find(job.id())
                .filter(now -> now.attempt() == job.attempt() && now.lease() != null)
                .isPresent();
    }

    /// Says how the ended worker ended.
    private void conclude(WorkerProcess worker) throws InterruptedException {
        switch (worker.end()) {
            case WorkerProcess.End.Done() -> finish();
            case WorkerProcess.End.Refused(String error) ->
                    tell(new JobCommand.Refuse(job.attempt(), error));
            case WorkerProcess.End.Stopped(String reason) ->
                    tell(new JobCommand.Stop(job.attempt(), reason));
            case WorkerProcess.End.Died(String reason, String tail) ->
                    tell(new JobCommand.Crash(job.attempt(), reason, tail));
        }
    }

    private void finish() throws InterruptedException {
        JobOutcome outcome;
        try {
            outcome = files.readResult();
            files.keepMetrics();
        } catch (IllegalArgumentException untrue) {
            tell(new JobCommand.Refuse(job.attempt(), String.valueOf(untrue.getMessage())));
            return;
        } catch (IOException failure) {
            tell(new JobCommand.Crash(job.attempt(), "the result cannot be read: " + failure, ""));
            return;
        }
        tell(new JobCommand.Succeed(job.attempt(), outcome));
    }

    /// Writes the attempt's end, however often it takes while the lease lasts. Afterwards it is
    /// another's job.
    private void tell(JobCommand command) throws InterruptedException {
        Duration pause = Duration.ofMillis(100);
        while (true) {
            try {
                accepted(jobs.change(job.id(), command));
                return;
            } catch (RuntimeException unreachable) {
                if (!clock.instant().plus(pause).isBefore(leaseUntil)) {
                    Log.errorf(
                            unreachable,
                            "job %s: the end of attempt %d could not be written while its lease"
                                    + " lasted; the next attempt repeats it",
                            job.id(),
                            job.attempt());
                    return;
                }
                Thread.sleep(pause);
                pause = pause.multipliedBy(2);
            }
        }
    }

    private boolean accepted(Optional<Decision> decision) {
        return switch (decision.orElse(new Decision.Stale("job " + job.id() + " is gone"))) {
            case Decision.Changed(Job now, _) -> {
                if (!now.state().equals(job.state()) && now.lease() == null) {
                    Log.infof("job %s: %s", now.id(), now.state().label());
                }
                yield true;
            }
            case Decision.Unchanged() -> true;
            case Decision.Stale(String reason) -> {
                Log.infof("job %s: attempt %d ends: %s", job.id(), job.attempt(), reason);
                yield false;
            }
        };
    }
}
