package dev.gyre.feedback.signin;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import dev.gyre.access.Identity;
import dev.gyre.access.TokenVerifier;
import dev.gyre.access.TokenVerifier.VerifiedToken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Cookie;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// Knows who calls: by access token, or by a session that a one-time link has opened.
///
/// Proxied, because the filter that needs it is made before the settings can be read.
@ApplicationScoped
class Callers {
    /// Cookie with the session id.
    static final String COOKIE = "gyre_session";

    private static final int ID_BYTES = 32;

    private final Jdbi database;
    private final SessionStore store;
    private final TokenVerifier tokens;
    private final Clock clock;
    private final Duration lifetime;
    private final SecureRandom random = new SecureRandom();

    Callers(
            Jdbi database,
            SessionStore store,
            TokenVerifier tokens,
            Clock clock,
            SignInConfig config) {
        this.database = database;
        this.store = store;
        this.tokens = tokens;
        this.clock = clock;
        this.lifetime = config.lifetime();
    }

    /// The owner of an access token.
    ///
    /// @param authorization `Bearer <token>`
    /// @throws FailureException [Failure.Unauthenticated] when it is not valid
    Identity authenticate(String authorization) {
        return tokens.authenticate(authorization);
    }

    /// A new session.
    ///
    /// @param id secret that the browser keeps: 256 random bits, base64url
    /// @param lifetime how long it is good for
    record Session(String id, Identity identity, Duration lifetime) {}

    /// Signs in with the token of a login link, which works once.
    ///
    /// @throws FailureException [Failure.Unauthenticated] when the token is not valid or was used
    Session signIn(String loginToken) {
        VerifiedToken token = tokens.verify(loginToken, TokenVerifier.LOGIN);
        byte[] secret = new byte[ID_BYTES];
        random.nextBytes(secret);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Instant now = clock.instant();
        database.useTransaction(
                transaction -> {
                    store.deleteExpired(transaction, now);
                    if (!store.use(transaction, token.id(), token.expires())) {
                        throw new FailureException(
                                new Failure.Unauthenticated(
                                        "this login link was used already; each works once"));
                    }
                    store.insert(
                            transaction, sha256(id), token.identity(), now, now.plus(lifetime));
                });
        return new Session(id, token.identity(), lifetime);
    }

    /// Who is signed in in the browser that sends these cookies; empty when nobody is, or not any
    /// more.
    Optional<Identity> signedIn(Map<String, Cookie> cookies) {
        Cookie session = cookies.get(COOKIE);
        return session == null ? Optional.empty() : find(session.getValue());
    }

    private Optional<Identity> find(String id) {
        return database.withHandle(handle -> store.find(handle, sha256(id), clock.instant()));
    }

    /// Ends a session. An unknown one changes nothing.
    void signOut(String id) {
        database.useHandle(handle -> store.delete(handle, sha256(id)));
    }

    private static byte[] sha256(String id) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
