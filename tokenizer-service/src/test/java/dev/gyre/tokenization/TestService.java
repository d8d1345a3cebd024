package dev.gyre.tokenization;

import dev.gyre.access.AccessInterceptor;
import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.embedded.KafkaAddress;
import dev.gyre.embedded.Ports;
import dev.gyre.embedded.SharedInfrastructure;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import io.grpc.Metadata;
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
import java.util.Objects;
import java.util.Set;

/// Gives a service under test its keys and an artifact store with two versions of a model.
public final class TestService implements QuarkusTestResourceLifecycleManager {
    static final String MODEL = "tiny";
    static final String TEMPLATE =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
                    + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    private static final String ISSUER = "gyre-test";

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new HashMap<>();
        try {
            Path folder = Files.createTempDirectory("gyre-tokenizer-service");
            String keys = TokenIssuer.newPrivateKeys();
            Path publicKeys = folder.resolve("public-keys.json");
            Files.writeString(
                    publicKeys, new TokenIssuer(keys, ISSUER, Clock.systemUTC()).publicKeys());
            Path artifacts = folder.resolve("artifacts");
            publishModel(folder, artifacts, "1", 270);
            publishModel(folder, artifacts, "2", 275);
            settings.put("gyre.access.public-keys", publicKeys.toString());
            settings.put("gyre.access.issuer", ISSUER);
            settings.put("gyre.test.private-keys", keys);
            settings.put("gyre.test.artifacts", artifacts.toString());
            settings.put("gyre.artifacts.location", artifacts.toString());
            settings.put("gyre.tokenization.training-memory-bytes", "1048576");
            settings.put("gyre.corpus.state", folder.resolve("corpus").toString());
            KafkaAddress kafka = SharedInfrastructure.get().kafka();
            settings.put("gyre.kafka.bootstrap-servers", kafka.bootstrapServers());
            if (!kafka.username().isEmpty()) {
                settings.put("gyre.kafka.username", kafka.username());
                settings.put("gyre.kafka.password", kafka.password());
            }
            settings.put("gyre.kafka.topic-prefix", SharedInfrastructure.get().newTopicPrefix());
            settings.put("quarkus.grpc.server.test-port", Integer.toString(Ports.free()));
            settings.put("quarkus.http.test-port", "0");
            settings.put("quarkus.management.test-port", Integer.toString(Ports.free()));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        return settings;
    }

    /// The tokenizer of a version of the model.
    static Tokenizer tokenizer(int vocabularySize) {
        List<String> special = List.of("<|im_start|>", "<|im_end|>");
        try (TokenizerTraining training =
                new TokenizerTraining(new TrainingSettings.ByteLevelBpe(vocabularySize, special))) {
            training.add("the cat and the dog and the other cats and dogs there ".repeat(20));
            return training.train().tokenizer();
        }
    }

    private static void publishModel(
            Path folder, Path artifacts, String version, int vocabularySize) throws IOException {
        Path files = Files.createDirectories(folder.resolve("model-" + version));
        TokenizerJson.save(tokenizer(vocabularySize), files.resolve("tokenizer.json"));
        TokenizerConfig.EMPTY
                .withChatTemplate(TEMPLATE)
                .save(files.resolve("tokenizer_config.json"));
        Files.writeString(files.resolve("config.json"), "{\"max_position_embeddings\": 512}");
        new ModelPackages(ArtifactStore.open(artifacts.toString()), folder.resolve("cache"))
                .publish(
                        files,
                        hashes ->
                                new Manifest(
                                        Manifest.SCHEMA_VERSION,
                                        MODEL,
                                        version,
                                        null,
                                        hashes,
                                        "LlamaForCausalLM",
                                        "float32",
                                        Objects.requireNonNull(hashes.get("tokenizer.json"))
                                                .sha256(),
                                        0,
                                        null,
                                        null,
                                        null,
                                        Map.of(),
                                        Map.of(),
                                        "Apache-2.0"));
    }

    @Override
    public void stop() {
        // the temporary folder stays for whoever looks into a failure
    }

    /// `Bearer` and an access token of a caller with these roles.
    static String authorization(String privateKeys, Role... roles) {
        Identity caller = new Identity("olga", Set.of(roles), List.of("default"));
        return "Bearer "
                + new TokenIssuer(privateKeys, ISSUER, Clock.systemUTC())
                        .mint(caller, TokenVerifier.ACCESS, Duration.ofMinutes(10));
    }

    static io.grpc.ClientInterceptor headers(String authorization) {
        Metadata headers = new Metadata();
        headers.put(AccessInterceptor.AUTHORIZATION, authorization);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }
}
