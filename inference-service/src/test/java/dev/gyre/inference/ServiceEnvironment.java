package dev.gyre.inference;

import dev.gyre.access.TokenIssuer;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.Ports;
import dev.gyre.embedded.SharedInfrastructure;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/// What the service needs around it in tests: Kafka, an artifact store with six versions of a tiny
/// model, an issuer of tokens.
public final class ServiceEnvironment implements QuarkusTestResourceLifecycleManager {
    /// Property with the issuer's private keys.
    public static final String PRIVATE_KEYS = "test.private-keys";

    @Override
    public Map<String, String> start() {
        try {
            return configuration(Files.createTempDirectory("gyre-inference-test"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> configuration(Path folder) throws IOException {
        String location = folder.resolve("artifacts").toString();
        ModelPackages packages =
                new ModelPackages(ArtifactStore.open(location), folder.resolve("unused-cache"));
        for (int version = 1; version <= 6; version++) {
            TinyModel.publish(
                    packages,
                    new ModelVersion("tiny", String.valueOf(version)),
                    version,
                    folder.resolve("work"));
        }
        String privateKeys = TokenIssuer.newPrivateKeys();
        Path publicKeys = folder.resolve("public-keys.json");
        Files.writeString(
                publicKeys,
                new TokenIssuer(privateKeys, "gyre-local", Clock.systemUTC()).publicKeys());

        SharedInfrastructure infrastructure = SharedInfrastructure.get();
        KafkaAddress kafka = infrastructure.kafka();
        Map<String, String> configuration = new HashMap<>();
        configuration.put("gyre.kafka.bootstrap-servers", kafka.bootstrapServers());
        configuration.put("gyre.kafka.username", kafka.username());
        configuration.put("gyre.kafka.password", kafka.password());
        configuration.put("gyre.kafka.topic-prefix", infrastructure.newTopicPrefix());
        configuration.put("gyre.artifacts.location", location);
        configuration.put("gyre.artifacts.cache", folder.resolve("cache").toString());
        configuration.put("gyre.access.public-keys", publicKeys.toString());
        configuration.put("gyre.completions.spool", folder.resolve("spool").toString());
        configuration.put("gyre.models.replica", "replica-1");
        // the tiny model would be small enough for reproducible mode
        configuration.put("gyre.models.variant", "int8");
        configuration.put("gyre.models.max-loaded", "1");
        configuration.put("gyre.generate.queue", "16");
        configuration.put("quarkus.http.test-port", "0");
        configuration.put("quarkus.grpc.server.test-port", String.valueOf(Ports.free()));
        configuration.put("quarkus.management.test-port", String.valueOf(Ports.free()));
        configuration.put(PRIVATE_KEYS, privateKeys);
        return configuration;
    }

    @Override
    public void stop() {
        // Kafka ends with the Maven run, the folder lies among temporary files
    }
}
