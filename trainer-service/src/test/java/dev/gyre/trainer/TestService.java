package dev.gyre.trainer;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.embedded.DatabaseAddress;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.Ports;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.trainer.workers.FakeWorker;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Gives a service under test its Kafka, its database, its artifact store, keys and the fake
/// worker.
public final class TestService implements QuarkusTestResourceLifecycleManager {
    private static final String ISSUER = "gyre-test";

    @Override
    public Map<String, String> start() {
        SharedInfrastructure infrastructure = SharedInfrastructure.get();
        KafkaAddress kafka = infrastructure.kafka();
        DatabaseAddress database = infrastructure.newDatabase();
        Map<String, String> settings = new HashMap<>();
        settings.put("gyre.kafka.bootstrap-servers", kafka.bootstrapServers());
        if (!kafka.username().isEmpty()) {
            settings.put("gyre.kafka.username", kafka.username());
            settings.put("gyre.kafka.password", kafka.password());
        }
        settings.put("gyre.kafka.topic-prefix", infrastructure.newTopicPrefix());
        settings.put("quarkus.datasource.jdbc.url", database.jdbcUrl());
        settings.put("quarkus.datasource.username", database.username());
        settings.put("quarkus.datasource.password", database.password());
        settings.put("gyre.worker.class-path", FakeWorker.classPath());
        settings.put("gyre.worker.main-class", FakeWorker.class.getName());
        settings.put("gyre.worker.java-options", "-XX:+UseSerialGC -Xmx64m");
        settings.put("gyre.worker.poll-interval", "100ms");
        settings.put("gyre.worker.progress-interval", "100ms");
        settings.put("gyre.jobs.watch-interval", "50ms");
        try {
            Path folder = Files.createTempDirectory("gyre-trainer-service");
            String keys = TokenIssuer.newPrivateKeys();
            Path publicKeys = folder.resolve("public-keys.json");
            Files.writeString(
                    publicKeys, new TokenIssuer(keys, ISSUER, Clock.systemUTC()).publicKeys());
            settings.put("gyre.access.public-keys", publicKeys.toString());
            settings.put("gyre.access.issuer", ISSUER);
            settings.put("gyre.test.private-keys", keys);
            settings.put("gyre.artifacts.location", folder.resolve("artifacts").toString());
            settings.put("quarkus.grpc.server.test-port", Integer.toString(Ports.free()));
            settings.put("quarkus.http.test-port", "0");
            settings.put("quarkus.management.test-port", Integer.toString(Ports.free()));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        return settings;
    }

    @Override
    public void stop() {
        // the infrastructure ends with the Maven run
    }

    /// A caller of the service under test.
    static Channel caller(ManagedChannel channel, String privateKeys, Identity identity) {
        String token =
                new TokenIssuer(privateKeys, ISSUER, Clock.systemUTC())
                        .mint(identity, TokenVerifier.ACCESS, Duration.ofMinutes(10));
        var headers = new Metadata();
        headers.put(AccessInterceptor.AUTHORIZATION, "Bearer " + token);
        return ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    static Identity operator(String... projects) {
        return new Identity("olga", Set.of(Role.OPERATOR), List.of(projects));
    }
}
