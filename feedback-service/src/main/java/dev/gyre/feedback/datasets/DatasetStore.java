package dev.gyre.feedback.datasets;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.feedback.ratings.PairVerdict;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/// The tables of data sets, and the ledger's pair ratings as votes.
@Singleton
public final class DatasetStore {
    private static final String COLUMNS =
            "sequence, id, project, release_line, sha256, training_pairs, holdout_pairs,"
                    + " model_name, model_version, holdout_share, create_time";

    /// Valid ratings of pairs whose answers were both given by one version, both ended by
    /// themselves or at their longest length, and differ. Answers that the caller cut off say
    /// nothing about where the model would have ended.
    List<PairVote> votes(Handle handle, String project, ModelVersion model) {
        return handle.createQuery(
                        """
                        select r.id, r.first_completion, r.second_completion, a.prompt_sha256,
                               r.rater, r.verdict, r.create_time
                        from rating r
                        join completion a on a.id = r.first_completion
                        join completion b on b.id = r.second_completion
                        where r.project = :project and r.kind = 'pair' and r.state = 'valid'
                          and a.model_name = :name and a.model_version = :version
                          and b.model_name = :name and b.model_version = :version
                          and a.finish_reason <> 'cancelled' and b.finish_reason <> 'cancelled'
                          and cardinality(a.answer_ids) > 0 and cardinality(b.answer_ids) > 0
                          and a.answer_ids <> b.answer_ids
                        """)
                .bind("project", project)
                .bind("name", model.name())
                .bind("version", model.version())
                .map(
                        (row, _) ->
                                new PairVote(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        PairVerdict.valueOf(row.getString(6)),
                                        row.getObject(7, OffsetDateTime.class).toInstant()))
                .list();
    }

    /// How many valid pair ratings a project has: when it has not grown, no data set has.
    long validPairRatings(Handle handle, String project) {
        return handle.createQuery(
                        "select count(*) from rating where project = :project and kind = 'pair'"
                                + " and state = 'valid'")
                .bind("project", project)
                .mapTo(Long.class)
                .one();
    }

    /// Adds a data set with its ratings.
    ///
    /// @return false when it is there already
    boolean insert(Handle transaction, Dataset dataset, Split split) {
        boolean added =
                transaction
                                .createUpdate(
                                        "insert into dataset (id, project, release_line, sha256,"
                                                + " training_pairs, holdout_pairs, model_name,"
                                                + " model_version, holdout_share, create_time)"
                                                + " values (:id, :project, :line, :sha256,"
                                                + " :training, :holdout, :name, :version, :share,"
                                                + " :time) on conflict (id) do nothing")
                                .bind("id", dataset.id())
                                .bind("project", dataset.project())
                                .bind("line", dataset.releaseLine())
                                .bind("sha256", dataset.sha256())
                                .bind("training", dataset.trainingPairs())
                                .bind("holdout", dataset.holdoutPairs())
                                .bind("name", dataset.model().name())
                                .bind("version", dataset.model().version())
                                .bind("share", dataset.holdoutShare())
                                .bind("time", dataset.createTime())
                                .execute()
                        == 1;
        if (added) {
            insertRatings(transaction, dataset.id(), split.training(), false);
            insertRatings(transaction, dataset.id(), split.holdout(), true);
        }
        return added;
    }

    private static void insertRatings(
            Handle transaction, String datasetId, List<DecidedPair> pairs, boolean holdout) {
        if (pairs.isEmpty()) {
            return;
        }
        PreparedBatch batch =
                transaction.prepareBatch(
                        "insert into dataset_rating (dataset_id, rating_id, holdout)"
                                + " values (:dataset, :rating, :holdout)");
        for (DecidedPair pair : pairs) {
            for (String rating : pair.ratingIds()) {
                batch.bind("dataset", datasetId)
                        .bind("rating", rating)
                        .bind("holdout", holdout)
                        .add();
            }
        }
        batch.execute();
    }

    /// Reads a data set.
    public Optional<Dataset> find(Handle handle, String id) {
        return handle.createQuery("select " + COLUMNS + " from dataset where id = :id")
                .bind("id", id)
                .map(DatasetStore::read)
                .findOne();
    }

    /// A project's data sets, newest first, at most 1,000.
    List<Dataset> list(Handle handle, String project) {
        return handle.createQuery(
                        "select "
                                + COLUMNS
                                + " from dataset where project = :project"
                                + " order by sequence desc limit 1000")
                .bind("project", project)
                .map(DatasetStore::read)
                .list();
    }

    /// Ratings of a data set.
    Set<String> ratingsOf(Handle handle, String datasetId) {
        return new HashSet<>(
                handle.createQuery("select rating_id from dataset_rating where dataset_id = :id")
                        .bind("id", datasetId)
                        .mapTo(String.class)
                        .list());
    }

    private static Dataset read(ResultSet row, StatementContext context) throws SQLException {
        return new Dataset(
                row.getLong("sequence"),
                row.getString("id"),
                row.getString("project"),
                row.getString("release_line"),
                row.getString("sha256"),
                row.getInt("training_pairs"),
                row.getInt("holdout_pairs"),
                new ModelVersion(row.getString("model_name"), row.getString("model_version")),
                row.getDouble("holdout_share"),
                row.getObject("create_time", OffsetDateTime.class).toInstant());
    }
}
