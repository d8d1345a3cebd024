package dev.gyre.trainer.jobs;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.trainer.jobs.JobState.Cancelled;
import dev.gyre.trainer.jobs.JobState.Checkpointed;
import dev.gyre.trainer.jobs.JobState.Failed;
import dev.gyre.trainer.jobs.JobState.Queued;
import dev.gyre.trainer.jobs.JobState.Running;
import dev.gyre.trainer.jobs.JobState.Succeeded;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// A [Job] ↔ a row of the table `job`.
final class JobRow {
    /// Every column that [#bind] sets, in the form `column = :column`.
    static final String ASSIGNMENTS =
            """
            state = :state, attempt = :attempt, update_time = :update_time,
            lease_until = :lease_until, holder_place = :holder_place,
            holder_process_id = :holder_process_id, holder_start_millis = :holder_start_millis,
            not_before = :not_before, reason = :reason, crashes = :crashes, losses = :losses,
            mark_phases = :mark_phases, mark_step = :mark_step,
            attempt_mark_phases = :attempt_mark_phases, attempt_mark_step = :attempt_mark_step,
            phase = :phase, step = :step, total_steps = :total_steps, loss = :loss,
            tokens_per_second = :tokens_per_second, remaining_seconds = :remaining_seconds,
            note = :note, error = :error, model_name = :model_name,
            model_version = :model_version, manifest_sha256 = :manifest_sha256,
            metrics_path = :metrics_path, metric_names = :metric_names,
            metric_values = :metric_values
            """;

    private JobRow() {}

    static Job read(ResultSet row) throws SQLException {
        var request =
                new JobRequest(
                        text(row, "request_id"),
                        text(row, "project"),
                        new JobSpecification(
                                JobKind.valueOf(text(row, "kind")), text(row, "specification")),
                        text(row, "requested_by"));
        return new Job(
                text(row, "id"),
                request,
                row.getInt("attempt"),
                state(row),
                progress(row),
                new HighWaterMark(texts(row, "mark_phases"), row.getLong("mark_step")),
                new HighWaterMark(
                        texts(row, "attempt_mark_phases"), row.getLong("attempt_mark_step")),
                row.getInt("crashes"),
                row.getInt("losses"),
                time(row, "create_time"),
                time(row, "update_time"));
    }

    private static JobState state(ResultSet row) throws SQLException {
        String label = text(row, "state");
        return switch (label) {
            case "queued" -> new Queued();
            case "running" ->
                    new Running(
                            new Lease(
                                    new Lease.Holder(
                                            text(row, "holder_place"),
                                            row.getLong("holder_process_id"),
                                            row.getLong("holder_start_millis")),
                                    time(row, "lease_until")));
            case "checkpointed" -> new Checkpointed(text(row, "reason"), time(row, "not_before"));
            case "succeeded" -> new Succeeded(outcome(row));
            case "failed" -> new Failed(text(row, "error"));
            case "cancelled" -> new Cancelled();
            default -> throw new SQLException("a job has the unknown state '" + label + "'");
        };
    }

    private static @Nullable Progress progress(ResultSet row) throws SQLException {
        String phase = row.getString("phase");
        return phase == null
                ? null
                : new Progress(
                        phase,
                        row.getLong("step"),
                        row.getLong("total_steps"),
                        row.getDouble("loss"),
                        row.getDouble("tokens_per_second"),
                        row.getDouble("remaining_seconds"),
                        text(row, "note"));
    }

    private static JobOutcome outcome(ResultSet row) throws SQLException {
        String name = row.getString("model_name");
        List<String> names = texts(row, "metric_names");
        Double[] values = (Double[]) row.getArray("metric_values").getArray();
        Map<String, Double> metrics = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            metrics.put(names.get(i), values[i]);
        }
        return new JobOutcome(
                name == null ? null : new ModelVersion(name, text(row, "model_version")),
                text(row, "manifest_sha256"),
                metrics,
                text(row, "metrics_path"));
    }

    /// Binds everything that may change, and the names of what may not: `id`.
    static <S extends SqlStatement<S>> S bind(S sql, Job job) {
        sql.bind("id", job.id())
                .bind("state", job.state().label())
                .bind("attempt", job.attempt())
                .bind("update_time", time(job.updateTime()))
                .bind("crashes", job.crashes())
                .bind("losses", job.losses())
                .bindArray("mark_phases", String.class, job.mark().phases())
                .bind("mark_step", job.mark().step())
                .bindArray("attempt_mark_phases", String.class, job.attemptMark().phases())
                .bind("attempt_mark_step", job.attemptMark().step());
        bindLease(sql, job.lease());
        bindProgress(sql, job.progress());
        Checkpointed waiting = job.state() instanceof Checkpointed state ? state : null;
        sql.bind("not_before", waiting == null ? null : time(waiting.notBefore()))
                .bind("reason", waiting == null ? null : waiting.reason())
                .bind("error", job.state() instanceof Failed(String error) ? error : null);
        return bindOutcome(sql, job.state() instanceof Succeeded(JobOutcome made) ? made : null);
    }

    private static <S extends SqlStatement<S>> void bindLease(S sql, @Nullable Lease lease) {
        sql.bind("lease_until", lease == null ? null : time(lease.until()))
                .bind("holder_place", lease == null ? null : lease.holder().place())
                .bind("holder_process_id", lease == null ? null : (Long) lease.holder().processId())
                .bind(
                        "holder_start_millis",
                        lease == null ? null : (Long) lease.holder().startMillis());
    }

    private static <S extends SqlStatement<S>> void bindProgress(S sql, @Nullable Progress last) {
        sql.bind("phase", last == null ? null : last.phase())
                .bind("step", last == null ? null : (Long) last.step())
                .bind("total_steps", last == null ? null : (Long) last.totalSteps())
                .bind("loss", last == null ? null : (Double) last.loss())
                .bind("tokens_per_second", last == null ? null : (Double) last.tokensPerSecond())
                .bind("remaining_seconds", last == null ? null : (Double) last.remainingSeconds())
                .bind("note", last == null ? null : last.note());
    }

    private static <S extends SqlStatement<S>> S bindOutcome(S sql, @Nullable JobOutcome made) {
        ModelVersion model = made == null ? null : made.model();
        List<String> names = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        if (made != null) {
            names.addAll(made.metrics().keySet());
            values.addAll(made.metrics().values());
        }
        return sql.bind("model_name", model == null ? null : model.name())
                .bind("model_version", model == null ? null : model.version())
                .bind("manifest_sha256", made == null ? null : made.manifestSha256())
                .bind("metrics_path", made == null ? null : made.metricsPath())
                .bindArray("metric_names", String.class, names)
                .bindArray("metric_values", Double.class, values);
    }

    /// A time as PostgreSQL takes it.
    static OffsetDateTime time(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static String text(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        if (text == null) {
            throw new SQLException("a job has no " + column);
        }
        return text;
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
