package dev.gyre.feedback.jobs;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.gyre.events.ProtoTime;
import dev.gyre.feedback.platform.Page;
import dev.gyre.proto.training.v1.Job;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The table of jobs: a copy of what trainer-service tells, kept as its message.
@Singleton
public final class JobStore {
    /// A job and its place in the list.
    record Listed(long sequence, Job job) {}

    /// Adds or replaces a job.
    void put(Handle transaction, Job job) {
        transaction
                .createUpdate(
                        """
                        insert into job_copy (id, project, create_time, job)
                        values (:id, :project, :created, :job)
                        on conflict (id) do update set job = excluded.job
                        """)
                .bind("id", job.getId())
                .bind("project", job.getProject())
                .bind("created", time(job.getCreateTime()))
                .bind("job", job.toByteArray())
                .execute();
    }

    /// Reads a job and keeps others from changing it until the transaction ends.
    Optional<Job> lock(Handle transaction, String id) {
        return find(transaction, id, " for update");
    }

    /// Reads a job.
    Optional<Job> find(Handle handle, String id) {
        return find(handle, id, "");
    }

    private static Optional<Job> find(Handle handle, String id, String suffix) {
        return handle.createQuery("select sequence, job from job_copy where id = :id" + suffix)
                .bind("id", id)
                .map((row, _) -> read(row).job())
                .findOne();
    }

    /// Jobs of some projects, newest first, one more than wanted where there are more.
    ///
    /// @param projects their names; empty: every project
    List<Listed> list(Handle handle, List<String> projects, Page.Wanted wanted) {
        return handle.createQuery(
                        """
                        select sequence, job from job_copy
                        where (cardinality(:projects) = 0 or project = any(:projects))
                            and sequence < :before
                        order by sequence desc limit :limit
                        """)
                .bindArray("projects", String.class, projects)
                .bind("before", wanted.before())
                .bind("limit", wanted.size() + 1)
                .map((row, _) -> read(row))
                .list();
    }

    private static Listed read(ResultSet row) throws SQLException {
        try {
            return new Listed(row.getLong("sequence"), Job.parseFrom(row.getBytes("job")));
        } catch (InvalidProtocolBufferException damaged) {
            throw new SQLException("a stored job is not readable", damaged);
        }
    }

    private static OffsetDateTime time(Timestamp time) {
        return ProtoTime.instant(time).atOffset(ZoneOffset.UTC);
    }
}
