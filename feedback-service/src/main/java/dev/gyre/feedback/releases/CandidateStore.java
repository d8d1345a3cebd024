package dev.gyre.feedback.releases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.gate.GateCheck;
import dev.gyre.feedback.gate.GateReport;
import dev.gyre.feedback.gate.Verdict;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// The table of candidates.
@Singleton
public final class CandidateStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Adds a candidate; one that is there already stays as it is.
    ///
    /// @return whether it is new
    boolean insert(Handle transaction, Candidate candidate) {
        return transaction
                        .createUpdate(
                                "insert into candidate (id, project, release_line, model_name,"
                                        + " model_version, manifest_sha256, parent_name,"
                                        + " parent_version, dataset_id, dataset_sha256, job_id,"
                                        + " state, reason, create_time) values (:id, :project,"
                                        + " :line, :name, :version, :manifest, :parentName,"
                                        + " :parentVersion, :dataset, :datasetSha256, :job,"
                                        + " :state, :reason, :time) on conflict (id) do nothing")
                        .bind("id", candidate.id())
                        .bind("project", candidate.project())
                        .bind("line", candidate.releaseLine())
                        .bind("name", candidate.release().model().name())
                        .bind("version", candidate.release().model().version())
                        .bind("manifest", candidate.release().manifestSha256())
                        .bind("parentName", name(candidate.parent()))
                        .bind("parentVersion", version(candidate.parent()))
                        .bind("dataset", candidate.datasetId())
                        .bind("datasetSha256", candidate.datasetSha256())
                        .bind("job", candidate.jobId())
                        .bind("state", candidate.state().word())
                        .bind("reason", candidate.reason())
                        .bind("time", candidate.createTime())
                        .execute()
                == 1;
    }

    /// Reads a candidate and keeps others from changing it until the transaction ends.
    Optional<Candidate> lock(Handle transaction, String id) {
        return transaction
                .createQuery("select * from candidate where id = :id for update")
                .bind("id", id)
                .map(CandidateStore::read)
                .findOne();
    }

    /// Reads a candidate.
    public Optional<Candidate> find(Handle handle, String id) {
        return handle.createQuery("select * from candidate where id = :id")
                .bind("id", id)
                .map(CandidateStore::read)
                .findOne();
    }

    /// A project's candidates, newest first, at most 1,000.
    ///
    /// @param line only this line's; empty: all
    List<Candidate> list(Handle handle, String project, String line) {
        return handle.createQuery(
                        "select * from candidate where project = :project"
                                + " and (:line = '' or release_line = :line)"
                                + " order by sequence desc limit 1000")
                .bind("project", project)
                .bind("line", line)
                .map(CandidateStore::read)
                .list();
    }

    /// Moves a candidate.
    void setState(Handle transaction, String id, CandidateState state, String reason) {
        transaction
                .createUpdate(
                        "update candidate set state = :state, reason = :reason where id = :id")
                .bind("id", id)
                .bind("state", state.word())
                .bind("reason", reason)
                .execute();
    }

    /// Gives a candidate the line that its round is about.
    void setLine(Handle transaction, String id, String line) {
        transaction
                .createUpdate("update candidate set release_line = :line where id = :id")
                .bind("id", id)
                .bind("line", line)
                .execute();
    }

    /// Writes what was measured and what the gate says of it.
    void setReport(Handle transaction, String id, Map<String, Double> metrics, GateReport report) {
        transaction
                .createUpdate(
                        "update candidate set verdict = :verdict, checks = :checks::jsonb,"
                                + " metrics = :metrics::jsonb where id = :id")
                .bind("id", id)
                .bind("verdict", report.verdict().name())
                .bind("checks", write(report.checks()))
                .bind("metrics", write(metrics))
                .execute();
    }

    private static Candidate read(ResultSet row, StatementContext context) throws SQLException {
        String verdict = row.getString("verdict");
        return new Candidate(
                row.getLong("sequence"),
                row.getString("project"),
                row.getString("release_line"),
                new Release(
                        new ModelVersion(
                                row.getString("model_name"), row.getString("model_version")),
                        row.getString("manifest_sha256")),
                model(row.getString("parent_name"), row.getString("parent_version")),
                row.getString("dataset_id"),
                row.getString("dataset_sha256"),
                row.getString("job_id"),
                CandidateState.fromWord(row.getString("state")),
                verdict == null ? null : Verdict.valueOf(verdict),
                parse(row.getString("checks"), new TypeReference<List<GateCheck>>() {}),
                parse(row.getString("metrics"), new TypeReference<Map<String, Double>>() {}),
                row.getString("reason"),
                row.getObject("create_time", OffsetDateTime.class).toInstant());
    }

    private static @Nullable ModelVersion model(@Nullable String name, @Nullable String version) {
        return name == null || version == null ? null : new ModelVersion(name, version);
    }

    private static @Nullable String name(@Nullable ModelVersion model) {
        return model == null ? null : model.name();
    }

    private static @Nullable String version(@Nullable ModelVersion model) {
        return model == null ? null : model.version();
    }

    /// NaN becomes the text "NaN", which Jackson reads back as a number.
    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write " + value, impossible);
        }
    }

    private static <T> T parse(String json, TypeReference<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException malformed) {
            throw new IllegalStateException("a candidate's evidence is not readable", malformed);
        }
    }
}
