package dev.gyre.trainer.jobs;

import dev.gyre.access.FailureException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// The jobs in PostgreSQL. Every change locks the row, asks [Job] what the command does, and writes
/// the row and its events in one transaction, so the order of a job's events is the order of its
/// changes. The write is guarded by the attempt once more.
public final class JobStore {
    private final Jdbi database;
    private final RetryPolicy retries;
    private final JobMetrics metrics;
    private final Clock clock;
    private final JobIds ids;

    public JobStore(Jdbi database, RetryPolicy retries, JobMetrics metrics, Clock clock) {
        this.database = database;
        this.retries = retries;
        this.metrics = metrics;
        this.clock = clock;
        this.ids = new JobIds(clock);
    }

    /// Accepts a request. The same request again gives the job that the first one made.
    ///
    /// @throws FailureException Conflict, when the request id was used for other work
    public Job submit(JobRequest request) {
        return database.inTransaction(handle -> submit(handle, request, null));
    }

    /// As [#submit], in the caller's transaction.
    ///
    /// @param error when not `null`, why the request cannot be done: the job is made failed
    Job submit(Handle handle, JobRequest request, @Nullable String error) {
        Instant now = now();
        Job job =
                error == null
                        ? Job.queued(ids.next(), request, now)
                        : Job.refused(ids.next(), request, error, now);
        if (insert(handle, job)) {
            JobEvents.append(handle.getConnection(), new JobEvent.Changed(job));
            metrics.submitted(job);
            return job;
        }
        Job earlier = findByRequest(handle, request.requestId()).orElseThrow();
        if (!earlier.request().asksTheSameAs(request)) {
            throw FailureException.conflict(
                    "request id '"
                            + request.requestId()
                            + "' made job "
                            + earlier.id()
                            + " with another specification or project; use a new request id");
        }
        return earlier;
    }

    /// The job with this id.
    public Optional<Job> find(String id) {
        return database.withHandle(
                handle ->
                        handle.createQuery("select * from job where id = :id")
                                .bind("id", id)
                                .map((row, _) -> JobRow.read(row))
                                .findOne());
    }

    /// The job that a request made.
    Optional<Job> findByRequest(Handle handle, String requestId) {
        return handle.createQuery("select * from job where request_id = :request_id")
                .bind("request_id", requestId)
                .map((row, _) -> JobRow.read(row))
                .findOne();
    }

    /// Jobs, newest first.
    ///
    /// @param projects only of these; empty: of all
    /// @param before only jobs after this place in the list; `null`: from the newest
    List<Job> newest(List<String> projects, @Nullable Place before, int limit) {
        return database.withHandle(
                handle ->
                        handle.createQuery(
                                        """
                                        select * from job
                                        where (:all_projects or project = any(:projects))
                                          and (:from_newest or (create_time, id) < (:time, :id))
                                        order by create_time desc, id desc
                                        limit :limit
                                        """)
                                .bind("all_projects", projects.isEmpty())
                                .bindArray("projects", String.class, projects)
                                .bind("from_newest", before == null)
                                .bind(
                                        "time",
                                        JobRow.time(before == null ? Instant.EPOCH : before.time()))
                                .bind("id", before == null ? "" : before.id())
                                .bind("limit", limit)
                                .map((row, _) -> JobRow.read(row))
                                .list());
    }

    /// A place in the list of jobs.
    ///
    /// @param time when the last job seen was made
    /// @param id its id
    record Place(Instant time, String id) {}

    /// Does `command` to a job.
    ///
    /// @return what it did; empty when there is no such job
    public Optional<Decision> change(String id, JobCommand command) {
        return database.inTransaction(handle -> change(handle, id, command));
    }

    Optional<Decision> change(Handle handle, String id, JobCommand command) {
        return lock(handle, id).map(job -> apply(handle, job, command));
    }

    /// Takes the job that has waited longest and begins its next attempt.
    ///
    /// @return the job as it now runs; empty when none waits
    public Optional<Job> claim(Lease lease) {
        return database.inTransaction(
                handle ->
                        handle.createQuery(
                                        """
                                        select * from job
                                        where state in ('queued', 'checkpointed')
                                          and (not_before is null or not_before <= :now)
                                        order by create_time, id
                                        limit 1
                                        for update skip locked
                                        """)
                                .bind("now", JobRow.time(now()))
                                .map((row, _) -> JobRow.read(row))
                                .findOne()
                                .flatMap(
                                        job ->
                                                switch (apply(
                                                        handle, job, new JobCommand.Claim(lease))) {
                                                    case Decision.Changed(Job next, _) ->
                                                            Optional.of(next);
                                                    case Decision.Unchanged(), Decision.Stale(_) ->
                                                            Optional.empty();
                                                }));
    }

    /// Ends the attempts whose service is gone: their lease ran out, or `dead` knows their holder
    /// to be dead.
    ///
    /// @return the jobs freed
    public List<Job> takeOver(Predicate<Lease.Holder> dead) {
        return database.inTransaction(
                handle ->
                        handle
                                .createQuery(
                                        "select * from job where state = 'running' order by id for"
                                                + " update skip locked")
                                .map((row, _) -> JobRow.read(row))
                                .list()
                                .stream()
                                .flatMap(job -> expire(handle, job, dead).stream())
                                .toList());
    }

    private Optional<Job> expire(Handle handle, Job job, Predicate<Lease.Holder> dead) {
        Lease lease = job.lease();
        if (lease == null) {
            return Optional.empty();
        }
        String reason;
        if (!now().isBefore(lease.until())) {
            reason = "the lease of attempt " + job.attempt() + " ran out";
        } else if (dead.test(lease.holder())) {
            reason = "the service that ran attempt " + job.attempt() + " is gone";
        } else {
            return Optional.empty();
        }
        return switch (apply(handle, job, new JobCommand.Expire(job.attempt(), reason))) {
            case Decision.Changed(Job next, _) -> Optional.of(next);
            case Decision.Unchanged(), Decision.Stale(_) -> Optional.empty();
        };
    }

    /// Counts the jobs that have not ended and the events not yet sent, for the metrics.
    public void countOpen() {
        database.useHandle(
                handle -> {
                    metrics.open(openByState(handle));
                    metrics.unsent(
                            handle.createQuery("select count(*) from outbox")
                                    .mapTo(Long.class)
                                    .one());
                });
    }

    private static Map<String, Long> openByState(Handle handle) {
        return handle
                .createQuery(
                        """
                        select state, count(*) from job
                        where state in ('queued', 'running', 'checkpointed')
                        group by state
                        """)
                .map((row, _) -> Map.entry(row.getString(1), row.getLong(2)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Optional<Job> lock(Handle handle, String id) {
        return handle.createQuery("select * from job where id = :id for update")
                .bind("id", id)
                .map((row, _) -> JobRow.read(row))
                .findOne();
    }

    private Decision apply(Handle handle, Job job, JobCommand command) {
        Decision decision = job.decide(command, retries, now());
        if (decision instanceof Decision.Changed(Job next, List<JobEvent> told)) {
            update(handle, next, job.attempt());
            for (JobEvent event : told) {
                JobEvents.append(handle.getConnection(), event);
            }
            metrics.changed(job, next);
        }
        return decision;
    }

    private static void update(Handle handle, Job next, int attempt) {
        int rows =
                JobRow.bind(
                                handle.createUpdate(
                                        "update job set "
                                                + JobRow.ASSIGNMENTS
                                                + " where id = :id and attempt = :from_attempt"),
                                next)
                        .bind("from_attempt", attempt)
                        .execute();
        if (rows != 1) {
            throw new IllegalStateException(
                    "job " + next.id() + " left attempt " + attempt + " while its row was locked");
        }
    }

    private static boolean insert(Handle handle, Job job) {
        int inserted =
                handle.createUpdate(
                                """
                                insert into job (id, request_id, project, requested_by, kind,
                                    specification, state, attempt, create_time, update_time,
                                    crashes, losses, mark_phases, mark_step, attempt_mark_phases,
                                    attempt_mark_step)
                                values (:id, :request_id, :project, :requested_by, :kind,
                                    :specification, 'queued', 0, :create_time, :create_time,
                                    0, 0, '{}', 0, '{}', 0)
                                on conflict (request_id) do nothing
                                """)
                        .bind("id", job.id())
                        .bind("request_id", job.request().requestId())
                        .bind("project", job.request().project())
                        .bind("requested_by", job.request().requestedBy())
                        .bind("kind", job.request().specification().kind())
                        .bind("specification", job.request().specification().json())
                        .bind("create_time", JobRow.time(job.createTime()))
                        .execute();
        if (inserted == 1) {
            update(handle, job, 0);
        }
        return inserted == 1;
    }

    /// The time, as exact as PostgreSQL keeps it.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
