package dev.gyre.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks tokens against the issuer's public keys: signature, issuer, time and purpose.
public final class TokenVerifier {
    /// Purpose of a token that opens the services' doors.
    public static final String ACCESS = "access";

    /// Purpose of the one-time token in the console's login link.
    public static final String LOGIN = "login";

    private static final int MAX_TOKEN_CHARACTERS = 8192;

    private final JWKSet keys;
    private final String issuer;
    private final Clock clock;

    /// @param publicKeys JWK set in JSON
    /// @param issuer `iss` claim that tokens must have
    public TokenVerifier(String publicKeys, String issuer, Clock clock) {
        try {
            this.keys = JWKSet.parse(publicKeys);
        } catch (ParseException malformed) {
            throw new IllegalArgumentException("the public keys are no JWK set", malformed);
        }
        this.issuer = issuer;
        this.clock = clock;
    }

    /// Reads the public keys from a file.
    ///
    /// @throws UncheckedIOException when it cannot be read
    public static TokenVerifier fromFile(Path publicKeys, String issuer) {
        try {
            return new TokenVerifier(Files.readString(publicKeys), issuer, Clock.systemUTC());
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "cannot read the public keys at "
                            + publicKeys
                            + "; set gyre.access.public-keys to a JWK set",
                    failure);
        }
    }

    /// A token that was found valid.
    ///
    /// @param id the `jti` claim, unique per token
    /// @param expires end of its validity
    public record VerifiedToken(Identity identity, String id, Instant expires) {}

    /// The caller behind an HTTP `Authorization` header or gRPC `authorization` entry.
    ///
    /// @param authorization `Bearer <token>`, or null where there is none
    /// @throws FailureException [Failure.Unauthenticated] when there is no valid access token
    public Identity authenticate(@Nullable String authorization) {
        if (authorization == null || authorization.isBlank()) {
            throw refused("no token; send 'authorization: Bearer <token>', 'gyre token' mints one");
        }
        if (!authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            throw refused("the authorization is not of the form 'Bearer <token>'");
        }
        return verify(authorization.substring(7).strip(), ACCESS).identity();
    }

    /// Checks a token.
    ///
    /// @param purpose purpose that it must have
    /// @throws FailureException [Failure.Unauthenticated] when it is not valid
    public VerifiedToken verify(String token, String purpose) {
        if (token.length() > MAX_TOKEN_CHARACTERS) {
            throw refused(
                    "the token has "
                            + token.length()
                            + " characters, the limit is "
                            + MAX_TOKEN_CHARACTERS);
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            checkSignature(jwt);
            return read(jwt.getJWTClaimsSet(), purpose);
        } catch (ParseException | JOSEException malformed) {
            throw refused("the token is malformed");
        }
    }

    private void checkSignature(SignedJWT jwt) throws JOSEException {
        // the algorithm is fixed: a token must not choose how it is checked
        if (!JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm())) {
            throw refused(
                    "the token is signed with "
                            + jwt.getHeader().getAlgorithm()
                            + ", wanted is ES256");
        }
        String keyId = jwt.getHeader().getKeyID();
        JWK key = keyId == null ? null : keys.getKeyByKeyId(keyId);
        if (!(key instanceof ECKey publicKey) || !jwt.verify(new ECDSAVerifier(publicKey))) {
            throw refused("the token is not signed by " + issuer);
        }
    }

    private VerifiedToken read(JWTClaimsSet claims, String purpose) throws ParseException {
        Instant now = clock.instant();
        if (!issuer.equals(claims.getIssuer())) {
            throw refused("the token's issuer is " + claims.getIssuer() + ", wanted is " + issuer);
        }
        if (claims.getExpirationTime() == null
                || !now.isBefore(claims.getExpirationTime().toInstant())) {
            throw refused("the token has expired; 'gyre token' mints a new one");
        }
        if (!purpose.equals(claims.getStringClaim("purpose"))) {
            throw refused("the token is not for " + purpose);
        }
        String subject = claims.getSubject();
        String id = claims.getJWTID();
        if (subject == null || subject.isBlank() || id == null) {
            throw refused("the token lacks its subject or id");
        }
        Identity identity =
                new Identity(subject, roles(strings(claims, "roles")), strings(claims, "projects"));
        return new VerifiedToken(identity, id, claims.getExpirationTime().toInstant());
    }

    private static List<String> strings(JWTClaimsSet claims, String name) throws ParseException {
        List<String> values = claims.getStringListClaim(name);
        return values == null ? List.of() : values;
    }

    private static Set<Role> roles(Collection<String> claims) {
        Set<Role> roles = new LinkedHashSet<>();
        for (String claim : claims) {
            try {
                roles.add(Role.fromClaim(claim));
            } catch (IllegalArgumentException unknown) {
                throw refused("the token has the unknown role " + claim);
            }
        }
        return roles;
    }

    private static FailureException refused(String message) {
        return new FailureException(new Failure.Unauthenticated(message));
    }
}
