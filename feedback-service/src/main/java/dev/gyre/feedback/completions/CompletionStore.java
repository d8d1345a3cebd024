package dev.gyre.feedback.completions;

import dev.gyre.artifacts.ModelVersion;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// The table of completions.
@Singleton
public final class CompletionStore {
    private static final String COLUMNS =
            "id, project, release_line, model_name, model_version, tokenizer_sha256, variant,"
                    + " prompt_sha256, prompt_ids, prompt_text, answer_ids, answer_text,"
                    + " finish_reason, finish_time";

    /// Adds a completion; one that is there already stays as it is.
    void insert(Handle transaction, Completion completion) {
        transaction
                .createUpdate(
                        "insert into completion ("
                                + COLUMNS
                                + ") values (:id, :project, :line, :model, :version, :tokenizer,"
                                + " :variant, :promptSha256, :promptIds, :promptText, :answerIds,"
                                + " :answerText, :finishReason, :finishTime)"
                                + " on conflict (id) do nothing")
                .bind("id", completion.id())
                .bind("project", completion.project())
                .bind("line", completion.releaseLine())
                .bind("model", completion.model().name())
                .bind("version", completion.model().version())
                .bind("tokenizer", completion.tokenizerSha256())
                .bind("variant", completion.variant())
                .bind("promptSha256", completion.promptSha256())
                .bindArray("promptIds", Integer.class, completion.promptIds())
                .bind("promptText", completion.promptText().getBytes(StandardCharsets.UTF_8))
                .bindArray("answerIds", Integer.class, completion.answerIds())
                .bind("answerText", completion.answerText().getBytes(StandardCharsets.UTF_8))
                .bind("finishReason", completion.finishReason().word())
                .bind("finishTime", completion.finishTime())
                .execute();
    }

    /// Reads a completion.
    public Optional<Completion> find(Handle handle, String id) {
        return Optional.ofNullable(findAll(handle, List.of(id)).get(id));
    }

    /// Reads completions; those that are not there are left out.
    ///
    /// @return by id
    public Map<String, Completion> findAll(Handle handle, Collection<String> ids) {
        Map<String, Completion> found = new HashMap<>();
        handle.createQuery("select " + COLUMNS + " from completion where id = any(:ids)")
                .bindArray("ids", String.class, ids)
                .map(CompletionStore::read)
                .forEach(completion -> found.put(completion.id(), completion));
        return found;
    }

    /// Deletes completions that ended before a time and that no rating points at. A rated one is
    /// kept as long as its rating.
    ///
    /// @return how many were deleted
    int deleteUnrated(Handle handle, Instant before) {
        return handle.createUpdate(
                        "delete from completion c where c.finish_time < :before and not exists"
                                + " (select 1 from rating r where r.first_completion = c.id or"
                                + " r.second_completion = c.id)")
                .bind("before", before)
                .execute();
    }

    private static Completion read(ResultSet row, StatementContext context) throws SQLException {
        return new Completion(
                row.getString("id"),
                row.getString("project"),
                row.getString("release_line"),
                new ModelVersion(row.getString("model_name"), row.getString("model_version")),
                row.getString("tokenizer_sha256"),
                row.getString("variant"),
                row.getString("prompt_sha256"),
                ids(row, "prompt_ids"),
                text(row, "prompt_text"),
                ids(row, "answer_ids"),
                text(row, "answer_text"),
                FinishReason.fromWord(row.getString("finish_reason")),
                row.getObject("finish_time", OffsetDateTime.class).toInstant());
    }

    private static List<Integer> ids(ResultSet row, String column) throws SQLException {
        return Arrays.asList((Integer[]) row.getArray(column).getArray());
    }

    private static String text(ResultSet row, String column) throws SQLException {
        return new String(row.getBytes(column), StandardCharsets.UTF_8);
    }
}
