package dev.gyre.feedback.signin;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Sessions and used login links in PostgreSQL.
@Singleton
final class SessionStore {
    /// Marks a login link as used.
    ///
    /// @return whether it was not yet
    boolean use(Handle transaction, String tokenId, Instant expires) {
        return transaction.execute(
                        "insert into used_login (token_id, expire_time) values (?, ?)"
                                + " on conflict do nothing",
                        tokenId,
                        expires.atOffset(ZoneOffset.UTC))
                == 1;
    }

    void insert(
            Handle transaction,
            byte[] idSha256,
            Identity identity,
            Instant created,
            Instant expires) {
        transaction.registerArrayType(String.class, "text");
        transaction
                .createUpdate(
                        """
                        insert into console_session
                            (id_sha256, subject, roles, projects, create_time, expire_time)
                        values (:id, :subject, :roles, :projects, :created, :expires)
                        """)
                .bind("id", idSha256)
                .bind("subject", identity.subject())
                .bindArray(
                        "roles",
                        String.class,
                        identity.roles().stream().map(Role::claim).sorted().toList())
                .bindArray("projects", String.class, identity.projects())
                .bind("created", created.atOffset(ZoneOffset.UTC))
                .bind("expires", expires.atOffset(ZoneOffset.UTC))
                .execute();
    }

    Optional<Identity> find(Handle handle, byte[] idSha256, Instant now) {
        return handle.createQuery(
                        """
                        select subject, roles, projects from console_session
                        where id_sha256 = :id and expire_time > :now
                        """)
                .bind("id", idSha256)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .map((row, _) -> identity(row))
                .findOne();
    }

    void delete(Handle handle, byte[] idSha256) {
        handle.execute("delete from console_session where id_sha256 = ?", idSha256);
    }

    void deleteExpired(Handle transaction, Instant now) {
        transaction.execute(
                "delete from console_session where expire_time <= ?", now.atOffset(ZoneOffset.UTC));
        transaction.execute(
                "delete from used_login where expire_time <= ?", now.atOffset(ZoneOffset.UTC));
    }

    private static Identity identity(ResultSet row) throws SQLException {
        return new Identity(
                row.getString("subject"),
                strings(row.getArray("roles")).stream()
                        .map(Role::fromClaim)
                        .collect(Collectors.toUnmodifiableSet()),
                strings(row.getArray("projects")));
    }

    private static List<String> strings(Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }
}
