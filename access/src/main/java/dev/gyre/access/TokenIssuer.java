package dev.gyre.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/// The local issuer: mints tokens (JWT, RFC 7519, signed with ES256). In production an OIDC
/// provider takes its place; the services know only its public keys.
public final class TokenIssuer {
    private final ECKey key;
    private final String issuer;
    private final Clock clock;

    /// @param privateKeys JWK set with one private P-256 key, as [#newPrivateKeys()] makes it
    /// @param issuer the `iss` claim
    /// @throws IllegalArgumentException when it is no such set
    public TokenIssuer(String privateKeys, String issuer, Clock clock) {
        try {
            if (!(JWKSet.parse(privateKeys).getKeys().getFirst() instanceof ECKey parsed)
                    || !parsed.isPrivate()) {
                throw new IllegalArgumentException("the issuer's keys hold no private P-256 key");
            }
            this.key = parsed;
        } catch (ParseException malformed) {
            throw new IllegalArgumentException("the issuer's keys are no JWK set", malformed);
        }
        this.issuer = issuer;
        this.clock = clock;
    }

    /// Makes a private key, as a JWK set in JSON. A secret.
    public static String newPrivateKeys() {
        try {
            ECKey key =
                    new ECKeyGenerator(Curve.P_256).keyID(UUID.randomUUID().toString()).generate();
            return new JWKSet(key).toString(false);
        } catch (JOSEException failure) {
            throw new IllegalStateException("cannot make a P-256 key", failure);
        }
    }

    /// The public half, as a JWK set in JSON, for `gyre.access.public-keys`.
    public String publicKeys() {
        return new JWKSet(key.toPublicJWK()).toString();
    }

    /// Mints a token.
    ///
    /// @param purpose [TokenVerifier#ACCESS] or [TokenVerifier#LOGIN]
    /// @param lifetime how long it is valid
    public String mint(Identity identity, String purpose, Duration lifetime) {
        Instant now = clock.instant();
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .subject(identity.subject())
                        .jwtID(UUID.randomUUID().toString())
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(lifetime)))
                        .claim(
                                "roles",
                                identity.roles().stream().map(Role::claim).sorted().toList())
                        .claim("projects", identity.projects())
                        .claim("purpose", purpose)
                        .build();
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                        claims);
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException failure) {
            throw new IllegalStateException("cannot sign a token", failure);
        }
        return token.serialize();
    }
}
