package dev.gyre.tokenization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.access.Role;
import dev.gyre.proto.tokenizer.v1.DecodeRequest;
import dev.gyre.proto.tokenizer.v1.EncodeRequest;
import dev.gyre.proto.tokenizer.v1.EncodeResponse;
import dev.gyre.proto.tokenizer.v1.ListTokenizersRequest;
import dev.gyre.proto.tokenizer.v1.ListTrainingsRequest;
import dev.gyre.proto.tokenizer.v1.TokenizerServiceGrpc;
import dev.gyre.proto.tokenizer.v1.TrainRequest;
import dev.gyre.proto.tokenizer.v1.TrainResponse;
import dev.gyre.proto.tokenizer.v1.TrainSettings;
import dev.gyre.proto.tokenizer.v1.Training;
import dev.gyre.proto.tokenizer.v1.TrainingState;
import dev.gyre.proto.tokenizer.v1.WatchTrainingRequest;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The running service, over its real ports.
@QuarkusTest
@QuarkusTestResource(TestService.class)
class TokenizerServiceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Tokenizer OLD = TestService.tokenizer(270);
    private static final Tokenizer NEW = TestService.tokenizer(275);

    @ConfigProperty(name = "gyre.test.private-keys")
    String keys;

    @ConfigProperty(name = "gyre.test.artifacts")
    String artifacts;

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    @ConfigProperty(name = "quarkus.http.test-port")
    int httpPort;

    @ConfigProperty(name = "quarkus.management.test-port")
    int managementPort;

    private ManagedChannel channel;
    private HttpClient http;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort).usePlaintext().build();
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
        http.close();
    }

    private TokenizerServiceGrpc.TokenizerServiceBlockingStub as(Role role) {
        return TokenizerServiceGrpc.newBlockingStub(channel)
                .withInterceptors(TestService.headers(TestService.authorization(keys, role)));
    }

    @Test
    void encodesAndDecodesWithTheNewestVersion() {
        EncodeResponse encoded =
                as(Role.RATER)
                        .encode(
                                EncodeRequest.newBuilder()
                                        .setTokenizer("tiny")
                                        .setText("the cat 🙂<|im_end|>")
                                        .build());

        assertThat(encoded.getTokenizer()).isEqualTo("tiny@2");
        assertThat(encoded.getTokenIdsList())
                .containsExactlyElementsOf(boxed(NEW.encode("the cat 🙂<|im_end|>")));
        assertThat(
                        as(Role.RATER)
                                .decode(
                                        DecodeRequest.newBuilder()
                                                .setTokenizer("tiny@2")
                                                .addAllTokenIds(encoded.getTokenIdsList())
                                                .build())
                                .getText())
                .isEqualTo("the cat 🙂<|im_end|>");
    }

    @Test
    void takesTheVersionAndTheSpecialTokensThatAreAskedFor() {
        EncodeResponse encoded =
                as(Role.RATER)
                        .encode(
                                EncodeRequest.newBuilder()
                                        .setTokenizer("tiny@1")
                                        .setText("cats<|im_end|>")
                                        .setAllowSpecialTokens(true)
                                        .build());

        assertThat(encoded.getTokenIdsList())
                .containsExactlyElementsOf(
                        boxed(OLD.encode("cats<|im_end|>", SpecialTokens.AS_CONTROL)))
                .endsWith(1);
        assertThat(
                        as(Role.RATER)
                                .decode(
                                        DecodeRequest.newBuilder()
                                                .setTokenizer("tiny@1")
                                                .addAllTokenIds(encoded.getTokenIdsList())
                                                .setSkipSpecialTokens(true)
                                                .build())
                                .getText())
                .isEqualTo("cats");
    }

    @Test
    void refusesWrongRequestsWithTheReason() {
        assertRefused(Status.Code.NOT_FOUND, "nothing", () -> encode("nothing", "x"));
        assertRefused(Status.Code.NOT_FOUND, "tiny@9", () -> encode("tiny@9", "x"));
        assertRefused(Status.Code.INVALID_ARGUMENT, "no tokenizer", () -> encode("", "x"));
        assertRefused(Status.Code.INVALID_ARGUMENT, "../x", () -> encode("../x", "x"));
        assertRefused(
                Status.Code.INVALID_ARGUMENT, "'../../keys'", () -> encode("tiny@../../keys", "x"));
        assertRefused(
                Status.Code.INVALID_ARGUMENT,
                "4194304",
                () -> encode("tiny", "x".repeat((4 << 20) + 1)));
        assertRefused(Status.Code.INVALID_ARGUMENT, "310", () -> decode(310));
        assertRefused(Status.Code.INVALID_ARGUMENT, "-1", () -> decode(-1));
        assertRefused(Status.Code.INVALID_ARGUMENT, "1000000", () -> decode(new int[1_000_001]));
    }

    @Test
    void takesTheLongestTextAllowed() {
        EncodeResponse encoded =
                as(Role.RATER)
                        .encode(
                                EncodeRequest.newBuilder()
                                        .setTokenizer("tiny")
                                        .setText("the ".repeat(1 << 20))
                                        .build());

        assertThat(encoded.getTokenIdsCount()).isBetween(1 << 19, 1 << 22);
    }

    @Test
    void refusesCallersWithoutAToken() throws Exception {
        assertThatThrownBy(
                        () ->
                                TokenizerServiceGrpc.newBlockingStub(channel)
                                        .listTokenizers(ListTokenizersRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAUTHENTICATED));
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/tokenize"))
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"model\":\"tiny\",\"prompt\":\"x\"}"))
                        .build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void trainsStoresAndServesATokenizer() throws Exception {
        String text = "low lower lowest new newer newest wide wider widest ".repeat(30);
        List<TrainRequest> parts = new ArrayList<>();
        parts.add(settings("words", 270, "<|endoftext|>"));
        for (int start = 0; start < text.length(); start += 7) {
            String part = text.substring(start, Math.min(text.length(), start + 7));
            parts.add(TrainRequest.newBuilder().setText(part).build());
        }

        Training trained = train(Role.OPERATOR, parts).get(30, TimeUnit.SECONDS).getTraining();

        assertThat(trained.getState()).isEqualTo(TrainingState.TRAINING_STATE_SUCCEEDED);
        assertThat(trained.getTextBytes()).isEqualTo(text.length());
        assertThat(trained.getLearned()).isEqualTo(270 - 257);
        assertThat(trained.getSubject()).isEqualTo("olga");
        assertThat(
                        as(Role.RATER)
                                .listTrainings(ListTrainingsRequest.getDefaultInstance())
                                .getTrainingsList())
                .contains(trained);
        assertThat(
                        as(Role.RATER)
                                .watchTraining(
                                        WatchTrainingRequest.newBuilder()
                                                .setId(trained.getId())
                                                .build())
                                .next()
                                .getTraining())
                .isEqualTo(trained);
        String reference = "words@" + trained.getTokenizer().getVersion();
        assertThat(encode("words", "newest").getTokenizer()).isEqualTo(reference);
        assertThat(encode("words", " newest").getTokenIdsCount()).isLessThan(7);
        assertThat(
                        as(Role.RATER)
                                .listTokenizers(ListTokenizersRequest.getDefaultInstance())
                                .getTokenizersList())
                .extracting(t -> t.getName() + "@" + t.getVersion() + " " + t.getVocabularySize())
                .contains("tiny@1 270", "tiny@2 275", reference + " 270");
    }

    @Test
    void refusesTrainingsThatCannotWork() {
        assertTrainingRefused("PERMISSION_DENIED", Role.RATER, settings("x", 300));
        assertTrainingRefused("ALREADY_EXISTS", Role.OPERATOR, settings("tiny", 300));
        assertTrainingRefused("256", Role.OPERATOR, settings("x", 10));
        assertTrainingRefused("X Y", Role.OPERATOR, settings("X Y", 300));
        assertTrainingRefused("no text", Role.OPERATOR, settings("x", 300));
        assertTrainingRefused(
                "settings are missing",
                Role.OPERATOR,
                TrainRequest.newBuilder().setText("a").build());
        assertThatThrownBy(() -> train(Role.OPERATOR, List.of()).get(30, TimeUnit.SECONDS))
                .hasMessageContaining("no message");
    }

    @Test
    void speaksVllmsTokenize() throws Exception {
        JsonNode answer =
                post("/tokenize", "{\"model\":\"tiny@1\",\"prompt\":\"the cat<|im_end|>\"}", 200);

        int[] ids = OLD.encode("the cat<|im_end|>");
        assertThat(answer.get("count").intValue()).isEqualTo(ids.length);
        assertThat(answer.get("max_model_len").intValue()).isEqualTo(512);
        assertThat(answer.get("tokens")).isEqualTo(JSON.valueToTree(ids));
        assertThat(
                        post(
                                        "/detokenize",
                                        "{\"model\":\"tiny@1\",\"tokens\":"
                                                + answer.get("tokens")
                                                + "}",
                                        200)
                                .get("prompt")
                                .textValue())
                .isEqualTo("the cat<|im_end|>");
    }

    @Test
    void rendersConversationsWithTheChatTemplate() throws Exception {
        String body =
                "{\"model\":\"tiny@1\",\"messages\":[{\"role\":\"user\",\"content\":\"cat<|im_end|>\"}]}";

        JsonNode tokens = post("/tokenize", body, 200).get("tokens");

        int[] ids = JSON.treeToValue(tokens, int[].class);
        assertThat(OLD.decode(ids))
                .isEqualTo("<|im_start|>user\ncat<|im_end|><|im_end|>\n<|im_start|>assistant\n");
        assertThat(boxed(ids)).filteredOn(OLD::isSpecial).containsExactly(0, 1, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /tokenize   | {                                                          | 400 | JSON
                    /tokenize   | [1]                                                        | 400 | object
                    /tokenize   | {"model":"tiny"}                                           | 400 | prompt
                    /tokenize   | {"prompt":"x"}                                             | 400 | model
                    /tokenize   | {"model":"tiny","prompt":7}                                | 400 | prompt
                    /tokenize   | {"model":"tiny","prompt":"x","return_token_strs":7}        | 400 | return_token_strs
                    /tokenize   | {"model":"tiny","prompt":"x","add_special_tokens":1}       | 400 | add_special_tokens
                    /tokenize   | {"model":"nothing","prompt":"x"}                           | 404 | nothing
                    /tokenize   | {"model":"tiny","messages":[]}                             | 400 | no messages
                    /tokenize   | {"model":"tiny","messages":[{"role":"user"}]}              | 400 | messages[0].content
                    /tokenize   | {"model":"tiny","messages":[{"role":"a b","content":""}]}  | 400 | role
                    /tokenize   | {"model":"tiny","messages":[],"chat_template":"x"}         | 400 | chat_template
                    /detokenize | {"model":"tiny","tokens":[1.5]}                            | 400 | tokens[0]
                    /detokenize | {"model":"tiny","tokens":[99999]}                          | 400 | 99999
                    /detokenize | {"model":"tiny","tokens":"x"}                              | 400 | tokens
                    /detokenize | {"model":"tiny","tokens":[],"x":1}                         | 400 | x
                    /nothing    | {}                                                         | 404 | 404
                    """)
    void refusesWrongHttpRequestsByName(String path, String body, int status, String name)
            throws Exception {
        JsonNode error = post(path, body, status).get("error");

        assertThat(error.get("message").textValue()).contains(name);
        assertThat(error.get("code").intValue()).isEqualTo(status);
    }

    @Test
    void neverUsesAFileThatIsNotWhatItsManifestSays() throws Exception {
        train(Role.OPERATOR, List.of(settings("torn", 260).toBuilder().setText("a b a b").build()))
                .get(30, TimeUnit.SECONDS);
        Path folder = Path.of(artifacts, "tokenizers", "torn");
        try (var versions = Files.list(folder)) {
            Path file = versions.findFirst().orElseThrow().resolve("tokenizer.json");
            Path other =
                    Files.writeString(file.resolveSibling("other"), Files.readString(file) + " ");
            Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        for (int i = 0; i < 8; i++) { // pushes the good copy out of memory
            train(
                            Role.OPERATOR,
                            List.of(settings("push" + i, 260).toBuilder().setText("a b").build()))
                    .get(30, TimeUnit.SECONDS);
            encode("push" + i, "a");
        }

        assertRefused(Status.Code.INTERNAL, "internal error", () -> encode("torn", "a"));
    }

    @Test
    void isHealthyAndCountsTokens() throws Exception {
        encode("tiny", "the cat");

        assertThat(
                        HealthGrpc.newBlockingStub(channel)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        assertThat(management("/q/health/ready")).contains("artifact store").contains("UP");
        assertThat(management("/q/metrics")).contains("gyre_tokenizer_tokens_total");
    }

    private String management(String path) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + managementPort + path);
        return http.send(
                        HttpRequest.newBuilder(address).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private JsonNode post(String path, String body, int status) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                        .header("Authorization", TestService.authorization(keys, Role.RATER))
                        .header("Content-Type", "application/json")
                        .version(HttpClient.Version.HTTP_2) // what the JDK's client asks for
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        return JSON.readTree(response.body());
    }

    private EncodeResponse encode(String tokenizer, String text) {
        return as(Role.RATER)
                .encode(EncodeRequest.newBuilder().setTokenizer(tokenizer).setText(text).build());
    }

    private void decode(int... ids) {
        as(Role.RATER)
                .decode(
                        DecodeRequest.newBuilder()
                                .setTokenizer("tiny")
                                .addAllTokenIds(boxed(ids))
                                .build());
    }

    private static List<Integer> boxed(int[] ids) {
        return java.util.Arrays.stream(ids).boxed().toList();
    }

    private static TrainRequest settings(String name, int size, String... special) {
        return TrainRequest.newBuilder()
                .setSettings(
                        TrainSettings.newBuilder()
                                .setName(name)
                                .setVocabularySize(size)
                                .addAllSpecialTokens(List.of(special)))
                .build();
    }

    private CompletableFuture<TrainResponse> train(Role role, List<TrainRequest> parts) {
        CompletableFuture<TrainResponse> result = new CompletableFuture<>();
        StreamObserver<TrainRequest> requests =
                TokenizerServiceGrpc.newStub(channel)
                        .withInterceptors(
                                TestService.headers(TestService.authorization(keys, role)))
                        .train(
                                new StreamObserver<>() {
                                    private TrainResponse last;

                                    @Override
                                    public void onNext(TrainResponse response) {
                                        last = response;
                                    }

                                    @Override
                                    public void onError(Throwable refused) {
                                        result.completeExceptionally(refused);
                                    }

                                    @Override
                                    public void onCompleted() {
                                        result.complete(last);
                                    }
                                });
        parts.forEach(requests::onNext);
        requests.onCompleted();
        return result;
    }

    private void assertTrainingRefused(String message, Role role, TrainRequest part) {
        assertThatThrownBy(() -> train(role, List.of(part)).get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining(message);
    }

    private static void assertRefused(Status.Code code, String message, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
