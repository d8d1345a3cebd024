package dev.gyre.feedback.ratings;

import dev.gyre.feedback.platform.Page;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// The table of ratings.
@Singleton
public final class RatingStore {
    private static final String COLUMNS =
            "sequence, id, project, kind, first_completion, second_completion, verdict,"
                    + " first_on_left, remark, rater, create_time, state, invalid_reason";

    /// Adds a rating.
    ///
    /// @return false when its id is taken
    boolean insert(Handle transaction, Rating rating) {
        boolean firstOnLeft = false;
        String remark = "";
        String verdict =
                switch (rating.judgement()) {
                    case Judgement.Pair pair -> pair.verdict().name();
                    case Judgement.Thumb thumb -> thumb.up() ? "UP" : "DOWN";
                };
        List<String> completions = rating.judgement().completions();
        if (rating.judgement() instanceof Judgement.Pair pair) {
            firstOnLeft = pair.firstOnLeft();
            remark = pair.remark();
        }
        return transaction
                        .createUpdate(
                                "insert into rating (id, project, kind, first_completion,"
                                        + " second_completion, verdict, first_on_left, remark,"
                                        + " rater, create_time, state, invalid_reason)"
                                        + " values (:id, :project, :kind, :first, :second,"
                                        + " :verdict, :firstOnLeft, :remark, :rater, :time,"
                                        + " :state, :reason) on conflict (id) do nothing")
                        .bind("id", rating.id())
                        .bind("project", rating.project())
                        .bind("kind", completions.size() == 2 ? "pair" : "thumb")
                        .bind("first", completions.getFirst())
                        .bind("second", completions.size() == 2 ? completions.get(1) : null)
                        .bind("verdict", verdict)
                        .bind("firstOnLeft", firstOnLeft)
                        .bind("remark", remark)
                        .bind("rater", rating.rater())
                        .bind("time", rating.createTime())
                        .bind("state", rating.state().word())
                        .bind("reason", rating.invalidReason())
                        .execute()
                == 1;
    }

    /// Reads a rating.
    public Optional<Rating> find(Handle handle, String id) {
        return handle.createQuery("select " + COLUMNS + " from rating where id = :id")
                .bind("id", id)
                .map(RatingStore::read)
                .findOne();
    }

    /// Reads a project's ratings, newest first, one more than wanted.
    List<Rating> list(Handle handle, String project, Page.Wanted wanted) {
        return handle.createQuery(
                        "select "
                                + COLUMNS
                                + " from rating where project = :project and sequence < :before"
                                + " order by sequence desc limit :limit")
                .bind("project", project)
                .bind("before", wanted.before())
                .bind("limit", wanted.size() + 1)
                .map(RatingStore::read)
                .list();
    }

    /// Parked ratings that point at a completion, locked.
    List<Rating> parkedFor(Handle transaction, String completionId) {
        return transaction
                .createQuery(
                        "select "
                                + COLUMNS
                                + " from rating where state = 'parked' and (first_completion = :id"
                                + " or second_completion = :id) order by sequence for update")
                .bind("id", completionId)
                .map(RatingStore::read)
                .list();
    }

    /// Writes the outcome of a check.
    void setState(Handle transaction, String id, RatingCheck check) {
        transaction
                .createUpdate(
                        "update rating set state = :state, invalid_reason = :reason"
                                + " where id = :id")
                .bind("id", id)
                .bind("state", check.state().word())
                .bind("reason", check.invalidReason())
                .execute();
    }

    /// What a check must know of completions, by id; those that have not arrived are left out.
    Map<String, RatingCheck.Known> known(Handle handle, Collection<String> completions) {
        Map<String, RatingCheck.Known> known = new HashMap<>();
        handle.createQuery("select id, project, prompt_sha256 from completion where id = any(:ids)")
                .bindArray("ids", String.class, completions)
                .map(
                        (row, _) ->
                                Map.entry(
                                        row.getString(1),
                                        new RatingCheck.Known(row.getString(2), row.getString(3))))
                .forEach(entry -> known.put(entry.getKey(), entry.getValue()));
        return known;
    }

    private static Rating read(ResultSet row, StatementContext context) throws SQLException {
        String first = row.getString("first_completion");
        String verdict = row.getString("verdict");
        Judgement judgement =
                row.getString("kind").equals("pair")
                        ? new Judgement.Pair(
                                first,
                                row.getString("second_completion"),
                                PairVerdict.valueOf(verdict),
                                row.getBoolean("first_on_left"),
                                row.getString("remark"))
                        : new Judgement.Thumb(first, verdict.equals("UP"));
        return new Rating(
                row.getLong("sequence"),
                row.getString("id"),
                row.getString("project"),
                judgement,
                row.getString("rater"),
                row.getObject("create_time", OffsetDateTime.class).toInstant(),
                RatingState.fromWord(row.getString("state")),
                row.getString("invalid_reason"));
    }
}
