package dev.gyre.feedback.ratings;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Gives raters their pseudonyms: HMAC-SHA-256 of the subject under a key that is made at the first
/// start and kept in the database. The subject itself is stored nowhere.
@Singleton
public final class Raters {
    private static final int KEY_BYTES = 32;

    private final Jdbi database;

    /// @param database keeps the key
    public Raters(Jdbi database) {
        this.database = database;
    }

    /// The pseudonym of a subject: `r-` and 32 hexadecimal digits, the same for ever.
    public String pseudonym(String subject) {
        byte[] key = database.inTransaction(Raters::key);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] hash = mac.doFinal(subject.getBytes(StandardCharsets.UTF_8));
            return "r-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    private static byte[] key(Handle transaction) {
        return stored(transaction)
                .orElseGet(
                        () -> {
                            byte[] fresh = new byte[KEY_BYTES];
                            new SecureRandom().nextBytes(fresh);
                            // of two first starts at once, one wins for both
                            transaction
                                    .createUpdate(
                                            "insert into rater_key (key) values (:key)"
                                                    + " on conflict do nothing")
                                    .bind("key", fresh)
                                    .execute();
                            return stored(transaction).orElseThrow();
                        });
    }

    private static Optional<byte[]> stored(Handle transaction) {
        return transaction
                .createQuery("select key from rater_key")
                .map((row, _) -> row.getBytes(1))
                .findOne();
    }
}
