package dev.gyre.system;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import dev.gyre.cli.Gyre;
import dev.gyre.embedded.Child;
import dev.gyre.embedded.Installation;
import dev.gyre.embedded.JavaCommand;
import dev.gyre.embedded.Ports;
import dev.gyre.events.KafkaSettings;
import dev.gyre.proto.corpus.v1.AddDocumentsRequest;
import dev.gyre.proto.corpus.v1.AddDocumentsResponse;
import dev.gyre.proto.corpus.v1.CorpusServiceGrpc;
import dev.gyre.proto.corpus.v1.CorpusServiceGrpc.CorpusServiceBlockingV2Stub;
import dev.gyre.proto.corpus.v1.CorpusVersion;
import dev.gyre.proto.corpus.v1.SealCorpusRequest;
import dev.gyre.proto.corpus.v1.SealCorpusResponse;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc.TokenizerServiceBlockingV2Stub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// One tokenizer-service of several: the process that `gyre up` and the images start, on ports of
/// its own, with the artifact store and the keys that all in a folder share.
final class TokenizerReplica implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration CALL = Duration.ofSeconds(90);
    private static final String ISSUER = "gyre-test";
    private static final String TOKENIZER = "gpt2";

    private final String name;
    private final Path folder;
    private final Path artifacts;
    private final KafkaSettings kafka;
    private final Path publicKeys;
    private final int grpcPort = Ports.free();
    private final int managementPort = Ports.free();
    private final ManagedChannel channel;
    private final CorpusServiceBlockingV2Stub corpora;
    private final TokenizerServiceBlockingV2Stub tokenizers;
    private Child process;

    private TokenizerReplica(String name, Path folder, KafkaSettings kafka) throws IOException {
        this.name = name;
        this.folder = folder.resolve(name);
        this.artifacts = folder.resolve("artifacts");
        this.kafka = kafka;
        this.publicKeys = folder.resolve(name + "-keys.json");
        TokenIssuer issuer =
                new TokenIssuer(TokenIssuer.newPrivateKeys(), ISSUER, Clock.systemUTC());
        Files.writeString(publicKeys, issuer.publicKeys());
        Identity olga =
                new Identity("olga", Set.of(Role.OPERATOR), List.of(Identity.DEFAULT_PROJECT));
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + issuer.mint(olga, TokenVerifier.ACCESS, Duration.ofHours(1)));
        channel =
                NettyChannelBuilder.forAddress(Ports.LOOPBACK, grpcPort)
                        .usePlaintext()
                        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .build();
        corpora = CorpusServiceGrpc.newBlockingV2Stub(channel);
        tokenizers = TokenizerServiceGrpc.newBlockingV2Stub(channel);
        process = launch();
    }

    /// Starts a replica without waiting for it.
    static TokenizerReplica start(String name, Path folder, KafkaSettings kafka)
            throws IOException {
        Files.createDirectories(folder.resolve("artifacts"));
        return new TokenizerReplica(name, folder, kafka);
    }

    private Child launch() throws IOException {
        Path root = Path.of(System.getProperty(Installation.ROOT_PROPERTY));
        Path jar = root.resolve("tokenizer-service/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new AssertionError(jar + " is not there; run './gyre build' first");
        }
        Properties options = new Properties();
        try (InputStream file = Gyre.class.getResourceAsStream("machine/jvm-options.properties")) {
            options.load(file);
        }
        JavaCommand command =
                new JavaCommand(
                        List.of(options.getProperty("tokenizer-service").split(" +")),
                        List.of(jar),
                        "io.quarkus.bootstrap.runner.AotQuarkusEntryPoint",
                        List.of());
        return Child.start(
                name,
                command.tethered(Installation.inCheckout(root).tetherJar()),
                environment(),
                folder,
                folder.resolve("service.log"));
    }

    private Map<String, String> environment() {
        Map<String, String> values = new TreeMap<>();
        values.put("QUARKUS_HTTP_PORT", "0");
        values.put("QUARKUS_GRPC_SERVER_PORT", Integer.toString(grpcPort));
        values.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort));
        values.put("GYRE_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        if (!kafka.username().isEmpty()) {
            values.put("GYRE_KAFKA_USERNAME", kafka.username());
            values.put("GYRE_KAFKA_PASSWORD", kafka.password());
        }
        values.put("GYRE_KAFKA_TOPIC_PREFIX", kafka.topicPrefix());
        values.put("GYRE_ARTIFACTS_LOCATION", artifacts.toString());
        values.put("GYRE_ARTIFACTS_CACHE", folder.resolve("cache").toString());
        values.put("GYRE_ACCESS_PUBLIC_KEYS", publicKeys.toString());
        values.put("GYRE_ACCESS_ISSUER", ISSUER);
        values.put("GYRE_TOKENIZATION_TRAINING_TAKEOVER", "3s");
        values.put("GYRE_CORPUS_STATE", folder.resolve("corpus").toString());
        return values;
    }

    Path artifacts() {
        return artifacts;
    }

    /// Waits until the service says that it is ready.
    void awaitReady() throws Exception {
        Patience.until(name + " is ready", START, this::isReady);
    }

    private boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError(name + " ended:\n" + process.logTail());
        }
        if (!Ports.accepts(managementPort)) {
            return false;
        }
        URI address =
                URI.create("http://" + Ports.LOOPBACK + ":" + managementPort + "/q/health/ready");
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }

    /// The tokenizers' calls, which have to come to an end.
    TokenizerServiceBlockingV2Stub tokenizers() {
        return tokenizers.withDeadlineAfter(CALL.toSeconds(), TimeUnit.SECONDS);
    }

    /// Adds documents.
    ///
    /// @throws StatusException when they are not acknowledged
    void add(AddDocumentsRequest request) throws Exception {
        BlockingClientCall<AddDocumentsRequest, AddDocumentsResponse> call =
                corpora.withDeadlineAfter(CALL.toSeconds(), TimeUnit.SECONDS).addDocuments();
        call.write(request);
        call.halfClose();
        AddDocumentsResponse answer = call.read();
        if (answer == null || answer.getAcknowledged() != request.getDocumentsCount()) {
            throw Status.DATA_LOSS.withDescription("no answer").asException();
        }
    }

    CorpusVersion seal(String corpus) throws Exception {
        BlockingClientCall<?, SealCorpusResponse> call =
                corpora.withDeadlineAfter(CALL.toSeconds(), TimeUnit.SECONDS)
                        .sealCorpus(
                                SealCorpusRequest.newBuilder()
                                        .setCorpus(corpus)
                                        .setTokenizer(TOKENIZER)
                                        .build());
        for (SealCorpusResponse step = call.read(); step != null; step = call.read()) {
            if (step.hasVersion()) {
                return step.getVersion();
            }
        }
        throw new AssertionError("sealing " + corpus + " ended without a version");
    }

    /// Kills the process with signal 9.
    void kill() throws Exception {
        process.handle().destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);
    }

    /// Starts the process again, with what the killed one has left on disk.
    void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        process.close();
    }
}
