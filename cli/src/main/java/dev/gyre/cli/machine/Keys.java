package dev.gyre.cli.machine;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.embedded.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The secrets of a home, each in a file of its own with mode 0600: the local issuer's key and the
/// passwords of Kafka and PostgreSQL. Made once, kept for ever.
public final class Keys {
    /// The `iss` claim of local tokens.
    public static final String ISSUER = "gyre-local";

    private static final Duration SERVICE_TOKEN_LIFETIME = Duration.ofDays(90);

    private final Path folder;
    private final TokenIssuer issuer;

    private Keys(Path folder, TokenIssuer issuer) {
        this.folder = folder;
        this.issuer = issuer;
    }

    /// The keys of a home; makes those that are missing.
    static Keys ensure(GyreHome home) {
        String privateKeys =
                ensure(home.keys().resolve("issuer.private.json"), TokenIssuer::newPrivateKeys);
        TokenIssuer issuer = new TokenIssuer(privateKeys, ISSUER, Clock.systemUTC());
        ensure(home.keys().resolve("public-keys.json"), issuer::publicKeys);
        return new Keys(home.keys(), issuer);
    }

    /// The keys of a home.
    ///
    /// @throws CliException if there are none yet
    public static Keys of(GyreHome home) {
        if (!Files.exists(home.keys().resolve("issuer.private.json"))) {
            throw new CliException(
                    ExitStatus.NOT_RUNNING,
                    "there are no keys in " + home.keys() + "; start Gyre once with './gyre up'");
        }
        return ensure(home);
    }

    /// JWK set with the issuer's public key.
    Path publicKeys() {
        return folder.resolve("public-keys.json");
    }

    /// Password of Kafka's user `gyre`.
    public String kafkaPassword() {
        return ensure(folder.resolve("kafka.password"), Keys::newPassword);
    }

    /// Password of PostgreSQL's role `gyre`.
    String postgresPassword() {
        return ensure(folder.resolve("postgresql.password"), Keys::newPassword);
    }

    /// Password of the role that owns a service's database.
    String databasePassword(String name) {
        return ensure(folder.resolve("postgresql-" + name + ".password"), Keys::newPassword);
    }

    /// A token with which a service calls another one.
    String serviceToken(Service service) {
        return issuer.mint(
                new Identity(
                        service.processName(),
                        Set.of(Role.SERVICE),
                        List.of(Identity.ALL_PROJECTS)),
                TokenVerifier.ACCESS,
                SERVICE_TOKEN_LIFETIME);
    }

    /// A token that opens the services' doors.
    public String accessToken(Identity identity, Duration lifetime) {
        return issuer.mint(identity, TokenVerifier.ACCESS, lifetime);
    }

    /// A code for the console's login link; works once.
    String loginCode(Duration lifetime) {
        return issuer.mint(localPerson(), TokenVerifier.LOGIN, lifetime);
    }

    /// Whoever sits at this machine: may do everything in every project.
    public static Identity localPerson() {
        return new Identity(
                System.getProperty("user.name"),
                Set.of(Role.RATER, Role.OPERATOR, Role.ADMIN),
                List.of(Identity.DEFAULT_PROJECT, Identity.ALL_PROJECTS));
    }

    /// Somebody who rates and operates in some projects; in the default one where none is named.
    public static Identity operatorOf(List<String> projects) {
        return new Identity(
                System.getProperty("user.name"),
                Set.of(Role.RATER, Role.OPERATOR),
                projects.isEmpty() ? List.of(Identity.DEFAULT_PROJECT) : projects);
    }

    private static String ensure(Path file, Supplier<String> value) {
        try {
            if (!Files.exists(file)) {
                PrivateFile.write(file, value.get());
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or write " + file, e);
        }
    }

    private static String newPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
