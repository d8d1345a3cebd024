package dev.gyre.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Identity ANNA =
            new Identity("anna", Set.of(Role.RATER), List.of("default", "lab"));

    private final String privateKeys = TokenIssuer.newPrivateKeys();
    private final TokenIssuer issuer = new TokenIssuer(privateKeys, "gyre-local", at(NOW));
    private final TokenVerifier verifier =
            new TokenVerifier(issuer.publicKeys(), "gyre-local", at(NOW));

    @Test
    void knowsTheCallerOfAValidToken() {
        String token = issuer.mint(ANNA, TokenVerifier.ACCESS, Duration.ofHours(1));

        assertThat(verifier.authenticate("Bearer " + token)).isEqualTo(ANNA);
    }

    @Test
    void refusesWhatIsNoValidToken() {
        String valid = issuer.mint(ANNA, TokenVerifier.ACCESS, Duration.ofHours(1));
        String expired = issuer.mint(ANNA, TokenVerifier.ACCESS, Duration.ofSeconds(-1));
        String login = issuer.mint(ANNA, TokenVerifier.LOGIN, Duration.ofHours(1));
        String foreign =
                new TokenIssuer(TokenIssuer.newPrivateKeys(), "gyre-local", at(NOW))
                        .mint(ANNA, TokenVerifier.ACCESS, Duration.ofHours(1));
        String otherIssuer =
                new TokenIssuer(privateKeys, "elsewhere", at(NOW))
                        .mint(ANNA, TokenVerifier.ACCESS, Duration.ofHours(1));

        assertRefused(null, "no token");
        assertRefused("Basic abc", "not of the form");
        assertRefused("Bearer abc", "malformed");
        assertRefused("Bearer " + expired, "expired");
        assertRefused("Bearer " + login, "not for access");
        assertRefused("Bearer " + foreign, "not signed by");
        assertRefused("Bearer " + otherIssuer, "issuer is elsewhere");
        assertRefused(
                "Bearer " + valid.substring(0, valid.length() - 8) + "AAAAAAAA", "not signed by");
        assertRefused("Bearer " + "a".repeat(9000), "9000 characters");
    }

    @Test
    void letsNoTokenChooseHowItIsChecked() throws Exception {
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder()
                        .issuer("gyre-local")
                        .subject("mallory")
                        .jwtID("1")
                        .claim("purpose", TokenVerifier.ACCESS)
                        .expirationTime(Date.from(NOW.plusSeconds(60)))
                        .build();
        SignedJWT symmetric = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        symmetric.sign(
                new MACSigner(
                        issuer.publicKeys().getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        assertRefused("Bearer " + symmetric.serialize(), "wanted is ES256");
        assertRefused("Bearer " + new PlainJWT(claims).serialize(), "malformed");
    }

    @Test
    void keepsCallersToTheirProjectsAndRoles() {
        Identity admin = new Identity("root", Set.of(Role.ADMIN), List.of(Identity.ALL_PROJECTS));

        assertThat(ANNA.project("")).isEqualTo("default");
        assertThat(ANNA.project("lab")).isEqualTo("lab");
        assertThat(admin.project("")).isEqualTo("default");
        assertThatThrownBy(() -> ANNA.project("secret"))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        refusal ->
                                assertThat(refusal.failure()).isInstanceOf(Failure.Denied.class));
        assertThatThrownBy(() -> ANNA.checkRole(Role.OPERATOR))
                .hasMessageContaining("needs one of [operator]");
        admin.checkRole(Role.OPERATOR);
        ANNA.checkRole(Role.OPERATOR, Role.RATER);
    }

    private void assertRefused(
            @org.jspecify.annotations.Nullable String authorization, String why) {
        assertThatThrownBy(() -> verifier.authenticate(authorization))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        FailureException.class,
                        refusal ->
                                assertThat(refusal.failure())
                                        .isInstanceOf(Failure.Unauthenticated.class));
    }

    private static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }
}
