package dev.gyre.feedback.releases;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// What each replica of inference-service has loaded, by its own account.
@Singleton
public final class Replicas {
    /// A version on a replica.
    ///
    /// @param state `loading`, `warm`, `draining` or `failed`
    record Loaded(
            String project,
            String releaseLine,
            long releaseEpoch,
            String modelName,
            String modelVersion,
            String state,
            String reason) {}

    /// Takes a replica's account in place of its last one; an older one changes nothing.
    void update(Handle transaction, String replica, Instant time, List<Loaded> versions) {
        int newer =
                transaction
                        .createUpdate(
                                "insert into replica values (:id, :time) on conflict (id) do update"
                                        + " set update_time = excluded.update_time"
                                        + " where replica.update_time <= excluded.update_time")
                        .bind("id", replica)
                        .bind("time", time)
                        .execute();
        if (newer == 0) {
            return;
        }
        transaction
                .createUpdate("delete from replica_version where replica = :id")
                .bind("id", replica)
                .execute();
        for (Loaded version : versions) {
            transaction
                    .createUpdate(
                            "insert into replica_version values (:replica, :project, :line, :epoch,"
                                    + " :name, :version, :state, :reason)")
                    .bind("replica", replica)
                    .bind("project", version.project())
                    .bind("line", version.releaseLine())
                    .bind("epoch", version.releaseEpoch())
                    .bind("name", version.modelName())
                    .bind("version", version.modelVersion())
                    .bind("state", version.state())
                    .bind("reason", version.reason())
                    .execute();
        }
    }

    /// A line with the replicas that serve it.
    ServedLine served(Handle handle, ReleaseLine line) {
        Release promoted = line.promoted();
        if (promoted == null) {
            return new ServedLine(line, List.of(), false);
        }
        List<String> warm =
                handle.createQuery(
                                "select distinct replica from replica_version where project ="
                                        + " :project and release_line = :line and release_epoch ="
                                        + " :epoch and model_name = :name and model_version ="
                                        + " :version and state = 'warm' order by replica")
                        .bind("project", line.project())
                        .bind("line", line.name())
                        .bind("epoch", line.epoch())
                        .bind("name", promoted.model().name())
                        .bind("version", promoted.model().version())
                        .mapTo(String.class)
                        .list();
        int all = handle.createQuery("select count(*) from replica").mapTo(Integer.class).one();
        return new ServedLine(line, warm, !warm.isEmpty() && warm.size() == all);
    }
}
