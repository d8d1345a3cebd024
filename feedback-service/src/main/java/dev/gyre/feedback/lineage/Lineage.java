package dev.gyre.feedback.lineage;

import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.artifacts.ModelVersion;
import jakarta.inject.Singleton;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Answers where things come from, both ways, out of the tables that the events have filled.
@Singleton
public final class Lineage {
    /// Longest chain that is followed; a cycle cannot be, but must not hang us either.
    private static final int MAX_DEPTH = 10_000;

    private final Jdbi database;

    /// @param database holds what the events told
    public Lineage(Jdbi database) {
        this.database = database;
    }

    /// Where an answer comes from.
    ///
    /// @param caller sees only completions and data sets of its projects
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] when there is no such completion
    ///   that the caller may see
    public AnswerLineage ofCompletion(String completionId, Identity caller) {
        return database.inTransaction(
                handle -> {
                    require(handle, "completion", completionId, caller);
                    List<Node> models =
                            handle.createQuery(
                                            """
                                            with recursive up (depth, name, version) as (
                                                select 0, model_name, model_version from completion
                                                where id = :id
                                                union all
                                                select up.depth + 1, m.parent_name, m.parent_version
                                                from up join model_version m
                                                  on m.name = up.name and m.version = up.version
                                                where m.parent_name is not null and up.depth < :limit
                                            )
                                            select up.name, up.version, m.parent_name,
                                                   m.parent_version, m.dataset_id, m.job_id,
                                                   d.project
                                            from up
                                            left join model_version m
                                              on m.name = up.name and m.version = up.version
                                            left join dataset d on d.id = m.dataset_id
                                            order by up.depth
                                            """)
                                    .bind("id", completionId)
                                    .bind("limit", MAX_DEPTH)
                                    .map((row, _) -> Node.read(row))
                                    .list();
                    List<String> ratings =
                            handle.createQuery(
                                            "select id from rating where first_completion = :id or"
                                                    + " second_completion = :id order by sequence")
                                    .bind("id", completionId)
                                    .mapTo(String.class)
                                    .list();
                    return new AnswerLineage(origins(handle, models, caller), ratings);
                });
    }

    /// Where a rating went.
    ///
    /// @param caller sees only ratings and data sets of its projects
    /// @throws FailureException [dev.gyre.access.Failure.NotFound] when there is no such rating
    ///   that the caller may see
    public RatingLineage ofRating(String ratingId, Identity caller) {
        return database.inTransaction(
                handle -> {
                    require(handle, "rating", ratingId, caller);
                    List<String> datasets =
                            handle.createQuery(
                                            "select d.id from dataset_rating r join dataset d on"
                                                    + " d.id = r.dataset_id where r.rating_id = :id"
                                                    + " order by d.sequence")
                                    .bind("id", ratingId)
                                    .mapTo(String.class)
                                    .list();
                    List<Node> models =
                            handle.createQuery(
                                            """
                                            with recursive down (name, version) as (
                                                select m.name, m.version
                                                from dataset_rating r join model_version m
                                                  on m.dataset_id = r.dataset_id
                                                where r.rating_id = :id
                                                union
                                                select m.name, m.version
                                                from down join model_version m
                                                  on m.parent_name = down.name
                                                 and m.parent_version = down.version
                                            )
                                            select m.name, m.version, m.parent_name,
                                                   m.parent_version, m.dataset_id, m.job_id,
                                                   d.project
                                            from down join model_version m using (name, version)
                                            left join dataset d on d.id = m.dataset_id
                                            order by m.create_time, m.name, m.version
                                            """)
                                    .bind("id", ratingId)
                                    .map((row, _) -> Node.read(row))
                                    .list();
                    List<String> completions =
                            handle.createQuery(
                                            "select unnest(array_remove(array[first_completion,"
                                                    + " second_completion], null)) from rating"
                                                    + " where id = :id")
                                    .bind("id", ratingId)
                                    .mapTo(String.class)
                                    .list();
                    return new RatingLineage(
                            datasets, origins(handle, models, caller), completions);
                });
    }

    /// A version as the queries find it; `project` owns its data set, and is empty where that is
    /// not one of ours.
    private record Node(
            ModelVersion model,
            @Nullable ModelVersion parent,
            String datasetId,
            String jobId,
            String project) {
        /// The data set, or empty where there is none that the caller may see.
        String visibleDataset(Identity caller) {
            return caller.mayUse(project) ? datasetId : "";
        }

        static Node read(java.sql.ResultSet row) throws java.sql.SQLException {
            String parent = row.getString(3);
            return new Node(
                    new ModelVersion(row.getString(1), row.getString(2)),
                    parent == null ? null : new ModelVersion(parent, row.getString(4)),
                    orEmpty(row.getString(5)),
                    orEmpty(row.getString(6)),
                    orEmpty(row.getString(7)));
        }

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }
    }

    private static List<ModelOrigin> origins(Handle handle, List<Node> nodes, Identity caller) {
        return nodes.stream()
                .map(
                        node -> {
                            String dataset = node.visibleDataset(caller);
                            return new ModelOrigin(
                                    node.model(),
                                    node.parent(),
                                    dataset,
                                    node.jobId(),
                                    ratings(handle, dataset));
                        })
                .toList();
    }

    private static List<String> ratings(Handle handle, String datasetId) {
        return handle.createQuery(
                        "select rating_id from dataset_rating where dataset_id = :id"
                                + " order by rating_id")
                .bind("id", datasetId)
                .mapTo(String.class)
                .list();
    }

    /// @param table one of our own names, never the caller's
    private static void require(Handle handle, String table, String id, Identity caller) {
        if (handle.createQuery("select project from " + table + " where id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .findOne()
                .filter(caller::mayUse)
                .isEmpty()) {
            throw FailureException.notFound("there is no " + table + " " + id);
        }
    }
}
