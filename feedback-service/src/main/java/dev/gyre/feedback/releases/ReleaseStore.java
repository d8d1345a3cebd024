package dev.gyre.feedback.releases;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.gate.Verdict;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// The tables of release lines and their changes.
@Singleton
public final class ReleaseStore {
    /// Reads a line, made empty where there is none, and keeps others from changing it until the
    /// transaction ends: the epoch is fenced by this lock.
    ReleaseLine lock(Handle transaction, String project, String name, Instant now) {
        transaction
                .createUpdate(
                        "insert into release_line (project, name, epoch, reason, changed_by,"
                                + " update_time) values (:project, :name, 0, '', '', :now)"
                                + " on conflict do nothing")
                .bind("project", project)
                .bind("name", name)
                .bind("now", now)
                .execute();
        return transaction
                .createQuery(
                        "select * from release_line where project = :project and name = :name"
                                + " for update")
                .bind("project", project)
                .bind("name", name)
                .map(ReleaseStore::read)
                .one();
    }

    /// Reads a line that has been changed at least once.
    Optional<ReleaseLine> find(Handle handle, String project, String name) {
        return handle.createQuery(
                        "select * from release_line where project = :project and name = :name"
                                + " and epoch > 0")
                .bind("project", project)
                .bind("name", name)
                .map(ReleaseStore::read)
                .findOne();
    }

    /// Reads all lines that have been changed at least once, ordered by project and name.
    List<ReleaseLine> list(Handle handle) {
        return handle.createQuery(
                        "select * from release_line where epoch > 0 order by project, name")
                .map(ReleaseStore::read)
                .list();
    }

    /// Writes a line's new state.
    void update(Handle transaction, ReleaseLine line) {
        Release promoted = line.promoted();
        Release previous = line.previous();
        transaction
                .createUpdate(
                        "update release_line set epoch = :epoch, promoted_name = :name1,"
                                + " promoted_version = :version1, promoted_manifest = :manifest1,"
                                + " previous_name = :name2, previous_version = :version2,"
                                + " previous_manifest = :manifest2, reason = :reason,"
                                + " changed_by = :by, update_time = :time"
                                + " where project = :project and name = :name")
                .bind("project", line.project())
                .bind("name", line.name())
                .bind("epoch", line.epoch())
                .bind("name1", promoted == null ? null : promoted.model().name())
                .bind("version1", promoted == null ? null : promoted.model().version())
                .bind("manifest1", promoted == null ? null : promoted.manifestSha256())
                .bind("name2", previous == null ? null : previous.model().name())
                .bind("version2", previous == null ? null : previous.model().version())
                .bind("manifest2", previous == null ? null : previous.manifestSha256())
                .bind("reason", line.reason())
                .bind("by", line.changedBy())
                .bind("time", line.updateTime())
                .execute();
    }

    /// Notes a change for good.
    ///
    /// @param candidate the candidate promoted, or null for a version that is none
    /// @param overruled whether it was promoted although the gate did not pass it
    void note(
            Handle transaction,
            ReleaseLine line,
            Release promoted,
            boolean rollBack,
            @Nullable Candidate candidate,
            boolean overruled) {
        Verdict verdict = candidate == null ? null : candidate.verdict();
        transaction
                .createUpdate(
                        "insert into release_change values (:project, :name, :epoch, :action,"
                                + " :model, :version, :candidate, :verdict, :overruled, :reason,"
                                + " :by, :time)")
                .bind("project", line.project())
                .bind("name", line.name())
                .bind("epoch", line.epoch())
                .bind("action", rollBack ? "roll-back" : "promote")
                .bind("model", promoted.model().name())
                .bind("version", promoted.model().version())
                .bind("candidate", candidate == null ? null : candidate.id())
                .bind("verdict", verdict == null ? null : verdict.name())
                .bind("overruled", overruled)
                .bind("reason", line.reason())
                .bind("by", line.changedBy())
                .bind("time", line.updateTime())
                .execute();
    }

    /// A line's changes, newest first, at most 1,000.
    List<ReleaseChange> changes(Handle handle, String project, String name) {
        return handle.createQuery(
                        "select * from release_change where project = :project and name = :name"
                                + " order by epoch desc limit 1000")
                .bind("project", project)
                .bind("name", name)
                .map(
                        (row, _) ->
                                new ReleaseChange(
                                        row.getLong("epoch"),
                                        row.getString("action"),
                                        new ModelVersion(
                                                row.getString("model_name"),
                                                row.getString("model_version")),
                                        row.getString("verdict"),
                                        row.getBoolean("overruled"),
                                        row.getString("reason"),
                                        row.getString("changed_by"),
                                        row.getObject("change_time", OffsetDateTime.class)
                                                .toInstant()))
                .list();
    }

    private static ReleaseLine read(ResultSet row, StatementContext context) throws SQLException {
        return new ReleaseLine(
                row.getString("project"),
                row.getString("name"),
                row.getLong("epoch"),
                release(row, "promoted"),
                release(row, "previous"),
                row.getString("reason"),
                row.getString("changed_by"),
                row.getObject("update_time", OffsetDateTime.class).toInstant());
    }

    private static @Nullable Release release(ResultSet row, String which) throws SQLException {
        String name = row.getString(which + "_name");
        return name == null
                ? null
                : new Release(
                        new ModelVersion(name, row.getString(which + "_version")),
                        row.getString(which + "_manifest"));
    }
}
