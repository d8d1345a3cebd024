package dev.gyre.trainer.jobs;

import dev.gyre.trainer.jobs.JobState.Cancelled;
import dev.gyre.trainer.jobs.JobState.Checkpointed;
import dev.gyre.trainer.jobs.JobState.Failed;
import dev.gyre.trainer.jobs.JobState.Queued;
import dev.gyre.trainer.jobs.JobState.Running;
import dev.gyre.trainer.jobs.JobState.Succeeded;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A job as a pure state machine: a command gives the next job and what to tell the world, or
/// nothing. No clock, no database, no Kafka in here.
///
/// @param id made by trainer-service
/// @param request who wants what
/// @param attempt number of the current attempt, from 1; 0 before the first; the fencing number
/// @param state where it stands
/// @param progress last report; `null` before the first
/// @param mark the furthest point of all attempts
/// @param attemptMark the mark when the current attempt began
/// @param crashes worker deaths in a row without progress
/// @param losses attempts in a row lost with their service, without progress
/// @param createTime when it was accepted
/// @param updateTime when it last changed
public record Job(
        String id,
        JobRequest request,
        int attempt,
        JobState state,
        @Nullable Progress progress,
        HighWaterMark mark,
        HighWaterMark attemptMark,
        int crashes,
        int losses,
        Instant createTime,
        Instant updateTime) {

    /// A new job that waits for a worker.
    static Job queued(String id, JobRequest request, Instant now) {
        return new Job(
                id,
                request,
                0,
                new Queued(),
                null,
                HighWaterMark.START,
                HighWaterMark.START,
                0,
                0,
                now,
                now);
    }

    /// A job that was asked for in a form that cannot be done. It exists, so that the asker hears
    /// why.
    static Job refused(String id, JobRequest request, String error, Instant now) {
        return queued(id, request, now).with(new Failed(error), now);
    }

    /// The lease under which it runs; `null` when it does not run.
    public @Nullable Lease lease() {
        return state instanceof Running(Lease lease) ? lease : null;
    }

    /// What `command` does to this job at the time `now`.
    Decision decide(JobCommand command, RetryPolicy retries, Instant now) {
        return switch (command) {
            case JobCommand.Claim(Lease lease) -> claim(lease, now);
            case JobCommand.Renew(int number, Instant until) ->
                    fenced(number, lease -> renewed(lease.until(until)));
            case JobCommand.Report(int number, Progress report) ->
                    fenced(number, _ -> reported(report, now));
            case JobCommand.Succeed(int number, JobOutcome outcome) ->
                    fenced(number, _ -> succeeded(outcome, now));
            case JobCommand.Refuse(int number, String error) ->
                    fenced(number, _ -> changed(with(new Failed(error), now)));
            case JobCommand.Crash(int number, String reason, String tail) ->
                    fenced(number, _ -> crashed(reason, tail, retries, now));
            case JobCommand.Stop(int number, String reason) ->
                    fenced(number, _ -> changed(with(new Checkpointed(reason, now), now)));
            case JobCommand.Expire(int number, String reason) ->
                    fenced(number, _ -> lost(reason, retries, now));
            case JobCommand.Cancel() ->
                    state.ended() ? new Decision.Unchanged() : changed(with(new Cancelled(), now));
        };
    }

    private interface RunningStep {
        Decision from(Lease lease);
    }

    /// Lets only the current attempt of a running job pass.
    private Decision fenced(int number, RunningStep step) {
        if (state instanceof Running(Lease lease) && number == attempt) {
            return step.from(lease);
        }
        return new Decision.Stale(
                "attempt "
                        + number
                        + " of job "
                        + id
                        + " may change nothing: the job is "
                        + state.label()
                        + " at attempt "
                        + attempt);
    }

    private Decision claim(Lease lease, Instant now) {
        boolean free =
                switch (state) {
                    case Queued() -> true;
                    case Checkpointed(_, Instant notBefore) -> !now.isBefore(notBefore);
                    case Running(_), Succeeded(_), Failed(_), Cancelled() -> false;
                };
        if (!free) {
            return new Decision.Stale(
                    "job " + id + " is " + state.label() + " and cannot be claimed");
        }
        return changed(
                new Job(
                        id,
                        request,
                        attempt + 1,
                        new Running(lease),
                        progress,
                        mark,
                        mark,
                        crashes,
                        losses,
                        createTime,
                        now));
    }

    /// A renewal is nothing that anybody wants to hear of: no event, and the same time of change.
    private Decision renewed(Lease lease) {
        return new Decision.Changed(with(new Running(lease), updateTime), List.of());
    }

    private Decision reported(Progress report, Instant now) {
        var next =
                new Job(
                        id,
                        request,
                        attempt,
                        state,
                        report,
                        mark.raisedBy(report),
                        attemptMark,
                        crashes,
                        losses,
                        createTime,
                        now);
        return new Decision.Changed(next, List.of(new JobEvent.Progressed(next, report)));
    }

    private Decision succeeded(JobOutcome outcome, Instant now) {
        JobKind kind = request.specification().kind();
        if (kind.writesPackage() != (outcome.model() != null)) {
            return changed(
                    with(
                            new Failed(
                                    "the worker of a job of kind "
                                            + kind.label()
                                            + " reported success with the package "
                                            + outcome.model()
                                            + "; this is a defect of the worker"),
                            now));
        }
        Job next = with(new Succeeded(outcome), now);
        if (!kind.makesCandidate()) {
            return changed(next);
        }
        return new Decision.Changed(
                next,
                List.of(new JobEvent.Changed(next), new JobEvent.CandidateProduced(next, outcome)));
    }

    private Decision crashed(String reason, String tail, RetryPolicy retries, Instant now) {
        int row = madeProgress() ? 1 : crashes + 1;
        int lossRow = madeProgress() ? 0 : losses;
        JobState next =
                row < retries.maxCrashes()
                        ? new Checkpointed(reason, now.plus(retries.delayAfter(row)))
                        : new Failed(givenUp(row, reason, tail));
        return changed(counted(next, row, lossRow, now));
    }

    private Decision lost(String reason, RetryPolicy retries, Instant now) {
        int row = madeProgress() ? 1 : losses + 1;
        int crashRow = madeProgress() ? 0 : crashes;
        JobState next =
                row < retries.maxLosses()
                        ? new Checkpointed(reason, now)
                        : new Failed(givenUp(row, reason, ""));
        return changed(counted(next, crashRow, row, now));
    }

    /// Whether the current attempt got beyond all earlier ones.
    private boolean madeProgress() {
        return !mark.equals(attemptMark);
    }

    private String givenUp(int row, String reason, String tail) {
        String error =
                row
                        + " attempts in a row got no further than "
                        + mark
                        + ", the last: "
                        + reason
                        + "; remove the cause and ask again";
        return tail.isBlank() ? error : error + "\n" + tail;
    }

    private static Decision changed(Job next) {
        return new Decision.Changed(next, List.of(new JobEvent.Changed(next)));
    }

    private Job with(JobState next, Instant now) {
        return counted(next, crashes, losses, now);
    }

    private Job counted(JobState next, int crashRow, int lossRow, Instant now) {
        return new Job(
                id,
                request,
                attempt,
                next,
                progress,
                mark,
                attemptMark,
                crashRow,
                lossRow,
                createTime,
                now);
    }
}
