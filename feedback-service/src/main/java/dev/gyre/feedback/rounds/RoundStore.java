package dev.gyre.feedback.rounds;

import dev.gyre.artifacts.ModelVersion;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// The table of rounds.
@Singleton
public final class RoundStore {
    /// Adds a round.
    ///
    /// @return false when another one of the line is under way
    boolean insert(Handle transaction, Round round) {
        return transaction
                        .createUpdate(
                                "insert into round (id, project, release_line, state, dataset_id,"
                                        + " base_name, base_version, started_by, create_time,"
                                        + " update_time) values (:id, :project, :line, :state,"
                                        + " :dataset, :baseName, :baseVersion, :by, :created,"
                                        + " :updated) on conflict do nothing")
                        .bind("id", round.id())
                        .bind("project", round.project())
                        .bind("line", round.releaseLine())
                        .bind("state", round.state().word())
                        .bind("dataset", round.datasetId())
                        .bind("baseName", round.base().name())
                        .bind("baseVersion", round.base().version())
                        .bind("by", round.startedBy())
                        .bind("created", round.createTime())
                        .bind("updated", round.updateTime())
                        .execute()
                == 1;
    }

    /// Writes what may have changed.
    void update(Handle transaction, Round round) {
        ModelVersion reward = round.rewardModel();
        transaction
                .createUpdate(
                        "update round set state = :state, reward_job_id = :rewardJob,"
                                + " preference_job_id = :preferenceJob, evaluation_job_id ="
                                + " :evaluationJob, reward_name = :rewardName, reward_version ="
                                + " :rewardVersion, candidate_id = :candidate, error = :error,"
                                + " update_time = :updated where id = :id")
                .bind("id", round.id())
                .bind("state", round.state().word())
                .bind("rewardJob", round.rewardJobId())
                .bind("preferenceJob", round.preferenceJobId())
                .bind("evaluationJob", round.evaluationJobId())
                .bind("rewardName", reward == null ? null : reward.name())
                .bind("rewardVersion", reward == null ? null : reward.version())
                .bind("candidate", round.candidateId())
                .bind("error", round.error())
                .bind("updated", round.updateTime())
                .execute();
    }

    /// Reads a round and keeps others from changing it until the transaction ends.
    Optional<Round> lock(Handle transaction, String id) {
        return transaction
                .createQuery("select * from round where id = :id for update")
                .bind("id", id)
                .map(RoundStore::read)
                .findOne();
    }

    /// A project's rounds, newest first, at most 1,000.
    ///
    /// @param line only this line's; empty: all
    List<Round> list(Handle handle, String project, String line) {
        return handle.createQuery(
                        "select * from round where project = :project"
                                + " and (:line = '' or release_line = :line)"
                                + " order by sequence desc limit 1000")
                .bind("project", project)
                .bind("line", line)
                .map(RoundStore::read)
                .list();
    }

    /// The newest round of a line.
    Optional<Round> newest(Handle handle, String project, String line) {
        return handle.createQuery(
                        "select * from round where project = :project and release_line = :line"
                                + " order by sequence desc limit 1")
                .bind("project", project)
                .bind("line", line)
                .map(RoundStore::read)
                .findOne();
    }

    /// Rounds whose candidate was decided on elsewhere, by a person.
    List<String> decidedElsewhere(Handle handle) {
        return handle.createQuery(
                        """
                        select round.id from round join candidate on candidate.id = round.candidate_id
                        where (round.state in ('evaluating', 'waiting')
                               and candidate.state in ('promoted', 'rejected'))
                           or (round.state = 'rejected' and candidate.state = 'promoted')
                        """)
                .mapTo(String.class)
                .list();
    }

    private static Round read(ResultSet row, StatementContext context) throws SQLException {
        return new Round(
                row.getLong("sequence"),
                row.getString("id"),
                row.getString("project"),
                row.getString("release_line"),
                RoundState.fromWord(row.getString("state")),
                row.getString("dataset_id"),
                new ModelVersion(row.getString("base_name"), row.getString("base_version")),
                row.getString("reward_job_id"),
                row.getString("preference_job_id"),
                row.getString("evaluation_job_id"),
                model(row.getString("reward_name"), row.getString("reward_version")),
                row.getString("candidate_id"),
                row.getString("error"),
                row.getString("started_by"),
                row.getObject("create_time", OffsetDateTime.class).toInstant(),
                row.getObject("update_time", OffsetDateTime.class).toInstant());
    }

    private static @Nullable ModelVersion model(@Nullable String name, @Nullable String version) {
        return name == null || version == null ? null : new ModelVersion(name, version);
    }
}
