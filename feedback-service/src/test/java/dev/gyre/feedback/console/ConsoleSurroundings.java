package dev.gyre.feedback.console;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.Ports;
import dev.gyre.embedded.SharedInfrastructure;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the service needs around it: Kafka, PostgreSQL, an issuer, and in place of
/// inference-service a [FakeInference]. Gives the issuer and the fake to the test's fields of their
/// types.
public final class ConsoleSurroundings implements QuarkusTestResourceLifecycleManager {
    private final TokenIssuer issuer =
            new TokenIssuer(TokenIssuer.newPrivateKeys(), "gyre-local", Clock.systemUTC());
    private @Nullable FakeInference inference;

    @Override
    public Map<String, String> start() {
        SharedInfrastructure servers = SharedInfrastructure.get();
        KafkaAddress kafka = servers.kafka();
        DatabaseAddress database = servers.newDatabase();
        Map<String, String> settings = new HashMap<>();
        try {
            Path folder = Files.createTempDirectory("gyre-console-test");
            Path keys = Files.writeString(folder.resolve("keys.json"), issuer.publicKeys());
            inference =
                    new FakeInference(
                            new TokenVerifier(issuer.publicKeys(), "gyre-local", Clock.systemUTC()),
                            5);
            settings.put("gyre.access.public-keys", keys.toString());
            settings.put("gyre.artifacts.location", folder.resolve("artifacts").toString());
            settings.put("gyre.artifacts.cache", folder.resolve("cache").toString());
            settings.put("gyre.inference.grpc-address", inference.address());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        // all fixed: Micrometer refuses a server on port 0 beside one on a known port
        settings.put("quarkus.http.test-port", Integer.toString(Ports.free()));
        settings.put("quarkus.grpc.server.test-port", Integer.toString(Ports.free()));
        settings.put("quarkus.management.test-port", Integer.toString(Ports.free()));
        settings.put("gyre.kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("gyre.kafka.username", kafka.username());
        settings.put("gyre.kafka.password", kafka.password());
        settings.put("gyre.kafka.topic-prefix", servers.newTopicPrefix());
        settings.put("quarkus.datasource.jdbc.url", database.jdbcUrl());
        settings.put("quarkus.datasource.username", database.username());
        settings.put("quarkus.datasource.password", database.password());
        settings.put(
                "gyre.tokens.service",
                issuer.mint(
                        new Identity("feedback-service", Set.of(Role.SERVICE), List.of("*")),
                        TokenVerifier.ACCESS,
                        Duration.ofHours(1)));
        return settings;
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(issuer, new TestInjector.MatchesType(TokenIssuer.class));
        injector.injectIntoFields(inference, new TestInjector.MatchesType(FakeInference.class));
    }

    @Override
    public void stop() {
        if (inference != null) {
            inference.close();
        }
    }
}
