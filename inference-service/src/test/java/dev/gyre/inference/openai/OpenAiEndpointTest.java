package dev.gyre.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.access.Role;
import dev.gyre.inference.Around;
import dev.gyre.inference.ServiceEnvironment;
import dev.gyre.inference.TinyModel;
import dev.gyre.proto.inference.v1.CompletionFinished;
import dev.gyre.proto.inference.v1.FinishReason;
import dev.gyre.proto.inference.v1.LoadState;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class OpenAiEndpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static Around around;
    private static String token;

    @TestHTTPResource private @Nullable URI service;

    @BeforeAll
    static void release() {
        around = new Around();
        token = around.token(Role.RATER, "open", "empty", "swap", "broken");
        around.releaseAndWait("open", "tiny", 1, "1");
    }

    @AfterAll
    static void stop() {
        around.close();
    }

    @Test
    void isReadyAndListsNoModelsWithoutARelease() throws Exception {
        HttpResponse<String> list = get("/v1/models", "empty");
        HttpResponse<String> answer =
                post("/v1/completions", "empty", Map.of("model", "tiny", "prompt", "The"));

        assertThat(JSON.readTree(list.body()).get("data")).isEmpty();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("no model has been released in project empty");
    }

    @Test
    void listsTheReleasedModel() throws Exception {
        JsonNode model = JSON.readTree(get("/v1/models", "open").body()).get("data").get(0);

        assertThat(model.get("id").asText()).isEqualTo("tiny");
        assertThat(model.get("object").asText()).isEqualTo("model");
        assertThat(model.at("/gyre/model_version").asText()).isEqualTo("tiny@1");
        assertThat(get("/v1/models/tiny", "open").statusCode()).isEqualTo(200);
        assertThat(get("/v1/models/other", "open").statusCode()).isEqualTo(404);
    }

    @Test
    void refusesACallWithoutAValidToken() throws Exception {
        HttpResponse<String> none =
                HTTP.send(
                        HttpRequest.newBuilder(service().resolve("/v1/models")).build(),
                        HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> wrong =
                HTTP.send(
                        HttpRequest.newBuilder(service().resolve("/v1/models"))
                                .header("Authorization", "Bearer sk-wrong")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(wrong.body()).at("/error/code").asText())
                .isEqualTo("invalid_api_key");
    }

    @Test
    void refusesAProjectThatTheCallerDoesNotBelongTo() throws Exception {
        assertThat(get("/v1/models", "secret").statusCode()).isEqualTo(403);
    }

    @Test
    void completesAPromptAndKeepsItsEvent() throws Exception {
        Map<String, Object> request = new HashMap<>();
        request.put("model", "tiny");
        request.put("prompt", "The river runs");
        request.put("max_tokens", 12);
        request.put("seed", 5);
        request.put("ignore_eos", true);
        request.put("return_token_ids", true);
        request.put("logprobs", 2);

        JsonNode answer = ok(post("/v1/completions", "open", request));
        JsonNode choice = answer.get("choices").get(0);
        CompletionFinished event = around.completion(answer.get("id").asText());

        assertThat(answer.get("object").asText()).isEqualTo("text_completion");
        assertThat(choice.get("finish_reason").asText()).isEqualTo("length");
        assertThat(choice.get("token_ids")).hasSize(12);
        assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(12);
        assertThat(choice.at("/logprobs/token_logprobs")).hasSize(12);
        assertThat(choice.at("/logprobs/top_logprobs/0")).hasSize(2);
        assertThat(answer.at("/gyre/seed").longValue()).isEqualTo(5);

        assertThat(event.getText()).isEqualTo(choice.get("text").asText());
        assertThat(event.getTokensList().stream().map(token -> token.getTokenId()).toList())
                .isEqualTo(ints(choice.get("token_ids")));
        assertThat(event.getPromptTokenIdsList())
                .isEqualTo(ints(choice.get("prompt_token_ids")))
                .isEqualTo(TinyModel.promptIds("The river runs"));
        assertThat(event.getSubject()).isEqualTo("anna");
        assertThat(event.getProject()).isEqualTo("open");
        assertThat(event.getReleaseLine()).isEqualTo("tiny");
        assertThat(event.getReleaseEpoch()).isEqualTo(1);
        assertThat(event.getModelVersion()).isEqualTo("1");
        assertThat(event.getVariant()).isEqualTo("int8");
        assertThat(event.getSampling().getSeed()).isEqualTo(5);
        assertThat(event.getSampling().getTemperature()).isEqualTo(1);
        assertThat(event.getPrompt().getText()).isEqualTo("The river runs");
        assertThat(event.getManifestSha256()).hasSize(64);
    }

    @Test
    void goesOnFromTokenIds() throws Exception {
        List<Integer> ids = TinyModel.promptIds("The river runs");
        Map<String, Object> text =
                Map.of(
                        "model",
                        "tiny",
                        "prompt",
                        "The river runs",
                        "temperature",
                        0,
                        "max_tokens",
                        6);
        Map<String, Object> tokens =
                Map.of("model", "tiny", "prompt", ids, "temperature", 0, "max_tokens", 6);

        JsonNode fromText = ok(post("/v1/completions", "open", text));
        JsonNode fromIds = ok(post("/v1/completions", "open", tokens));

        assertThat(fromIds.at("/choices/0/text")).isEqualTo(fromText.at("/choices/0/text"));
    }

    @Test
    void streamsAChatAsTheOfficialClientExpects() throws Exception {
        Map<String, Object> request = new HashMap<>();
        request.put("model", "tiny");
        request.put("messages", List.of(Map.of("role", "user", "content", "the sea")));
        request.put("max_completion_tokens", 9);
        request.put("seed", 3);
        request.put("ignore_eos", true);
        JsonNode whole = ok(post("/v1/chat/completions", "open", request));
        request.put("stream", true);
        request.put("stream_options", Map.of("include_usage", true));

        List<String> events = events(request);
        List<JsonNode> chunks = new ArrayList<>();
        for (String event : events.subList(0, events.size() - 1)) {
            chunks.add(JSON.readTree(event));
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode chunk : chunks) {
            text.append(chunk.at("/choices/0/delta/content").asText(""));
        }

        assertThat(events.getLast()).isEqualTo("[DONE]");
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asText())
                .isEqualTo("length");
        assertThat(chunks.getLast().get("choices")).isEmpty();
        assertThat(chunks.getLast().at("/usage/completion_tokens").intValue()).isEqualTo(9);
        assertThat(text.toString()).isEqualTo(whole.at("/choices/0/message/content").asText());
        assertThat(chunks.stream().map(chunk -> chunk.get("id").asText()).distinct()).hasSize(1);
        assertThat(around.completion(chunks.getFirst().get("id").asText()).getText())
                .isEqualTo(text.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    n                 | 2
                    echo              | true
                    best_of           | 3
                    suffix            | "x"
                    logit_bias        | {"5": 1}
                    min_p             | 0.1
                    user              | "me"
                    temperature       | 3
                    temperature       | "hot"
                    top_p             | 0
                    top_k             | -1
                    max_tokens        | 0
                    stop              | 5
                    stop              | [""]
                    logprobs          | 21
                    presence_penalty  | 2.5
                    repetition_penalty| 0
                    seed              | 1.5
                    stream            | 1
                    stream_options    | {"include_usage": true}
                    prompt            | ["a", "b"]
                    prompt            | []
                    prompt            | [1, 9999]
                    prompt            | [1.5]
                    reproducible      | true
                    model             | 7
                    """)
    void refusesWhatIsNotSupportedByName(String field, String value) throws Exception {
        Map<String, Object> request = new HashMap<>();
        request.put("model", "tiny");
        request.put("prompt", "a");
        request.put(field.strip(), JSON.readTree(value));

        HttpResponse<String> answer = post("/v1/completions", "open", request);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode error = JSON.readTree(answer.body()).get("error");
        assertThat(error.get("param").asText()).isEqualTo(field.strip());
        assertThat(error.get("message").asText()).isNotBlank();
        assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
    }

    @Test
    void refusesWhatIsNoJson() throws Exception {
        for (String body : List.of("", "{", "[]", "null", "{\"a\":1,\"a\":2}", "{} {}", "\u0000")) {
            HttpResponse<String> answer = send("/v1/chat/completions", "open", body);

            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(JSON.readTree(answer.body()).at("/error/message").asText()).isNotBlank();
        }
    }

    @Test
    void answers404ForAnUnknownModel() throws Exception {
        HttpResponse<String> answer =
                post("/v1/completions", "open", Map.of("model", "other", "prompt", "a"));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(answer.body()).at("/error/code").asText())
                .isEqualTo("model_not_found");
    }

    @Test
    void endsTheAnswerOfAClientThatGoesAway() throws Exception {
        Map<String, Object> request = new HashMap<>();
        request.put("model", "tiny");
        request.put("messages", List.of(Map.of("role", "user", "content", "the")));
        request.put("ignore_eos", true);
        request.put("max_tokens", 200);
        request.put("stream", true);
        // many at once, so that no answer ends before its client is gone
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            HttpResponse<InputStream> response =
                    HTTP.send(
                            request(
                                    "/v1/chat/completions",
                                    "open",
                                    JSON.writeValueAsString(request)),
                            HttpResponse.BodyHandlers.ofInputStream());
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            ids.add(JSON.readTree(lines.readLine().substring(6)).get("id").asText());
            response.body().close();
        }

        List<FinishReason> reasons =
                ids.stream().map(id -> around.completion(id).getFinishReason()).toList();
        assertThat(reasons).contains(FinishReason.FINISH_REASON_CANCELLED);
    }

    @Test
    void refusesWithRetryAfterWhenTheQueueIsFull() throws Exception {
        Map<String, Object> request =
                Map.of("model", "tiny", "prompt", "the", "ignore_eos", true, "max_tokens", 200);
        String body = JSON.writeValueAsString(request);
        List<Future<HttpResponse<String>>> answers = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
                answers.add(pool.submit(() -> send("/v1/completions", "open", body)));
            }
        }

        List<HttpResponse<String>> refused = new ArrayList<>();
        for (Future<HttpResponse<String>> answer : answers) {
            assertThat(answer.get().statusCode()).isIn(200, 429);
            if (answer.get().statusCode() == 429) {
                refused.add(answer.get());
            }
        }
        assertThat(refused).isNotEmpty();
        assertThat(refused.getFirst().headers().firstValueAsLong("Retry-After").orElse(0))
                .isPositive();
    }

    @Test
    void answersExactVersionsToOperatorsOnly() throws Exception {
        Map<String, Object> request =
                Map.of("model", "tiny@3", "prompt", "the", "temperature", 0, "max_tokens", 4);

        HttpResponse<String> rater = post("/v1/completions", "open", request);
        String operator = around.token(Role.OPERATOR, "open");
        JsonNode answer =
                ok(
                        HTTP.send(
                                HttpRequest.newBuilder(service().resolve("/v1/completions"))
                                        .header("Authorization", "Bearer " + operator)
                                        .header("Content-Type", "application/json")
                                        .POST(
                                                HttpRequest.BodyPublishers.ofString(
                                                        JSON.writeValueAsString(request)))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString()));

        assertThat(rater.statusCode()).isEqualTo(403);
        assertThat(answer.at("/gyre/model_version").asText()).isEqualTo("tiny@3");
        assertThat(around.completion(answer.get("id").asText()).getReleaseLine()).isEmpty();
    }

    @Test
    void tellsWhyAVersionCannotBeServedAndKeepsTheOldOne() throws Exception {
        around.releaseAndWait("broken", "tiny", 1, "1");

        around.release("broken", "tiny", 2, "no-such-version");

        assertThat(around.awaitState("broken", "tiny", 2, LoadState.LOAD_STATE_FAILED).getReason())
                .contains("no-such-version");
        JsonNode answer =
                ok(post("/v1/completions", "broken", Map.of("model", "tiny", "prompt", "a")));
        assertThat(answer.at("/gyre/model_version").asText()).isEqualTo("tiny@1");
    }

    @Test
    void swapsVersionsUnderLoadWithoutAFailedRequest() throws Exception {
        around.releaseAndWait("swap", "tiny", 1, "4");
        AtomicBoolean stop = new AtomicBoolean();
        Callable<Map<String, Integer>> client =
                () -> {
                    Map<String, Integer> versions = new HashMap<>();
                    while (!stop.get()) {
                        JsonNode answer =
                                ok(
                                        post(
                                                "/v1/completions",
                                                "swap",
                                                Map.of(
                                                        "model",
                                                        "tiny",
                                                        "prompt",
                                                        "the",
                                                        "max_tokens",
                                                        20)));
                        versions.merge(answer.at("/gyre/model_version").asText(), 1, Integer::sum);
                    }
                    return versions;
                };
        Map<String, Integer> versions = new HashMap<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Map<String, Integer>>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(pool.submit(client));
            }
            for (int epoch = 2; epoch <= 9; epoch++) {
                around.releaseAndWait("swap", "tiny", epoch, String.valueOf(epoch % 3 + 4));
                Thread.sleep(150);
            }
            // an epoch from before changes nothing
            around.release("swap", "tiny", 4, "5");
            Thread.sleep(300);
            stop.set(true);
            for (Future<Map<String, Integer>> each : clients) {
                each.get()
                        .forEach((version, count) -> versions.merge(version, count, Integer::sum));
            }
        }

        assertThat(versions).containsKeys("tiny@4", "tiny@5", "tiny@6");
        assertThat(
                        ok(post("/v1/completions", "swap", Map.of("model", "tiny", "prompt", "a")))
                                .at("/gyre/model_version")
                                .asText())
                .isEqualTo("tiny@4");
        // the versions that nobody serves any more are gone
        Around.await(
                () ->
                        around.replica().stream()
                                .noneMatch(
                                        version ->
                                                List.of("5", "6")
                                                        .contains(version.getModelVersion())));
    }

    private List<String> events(Map<String, Object> request) throws Exception {
        HttpResponse<String> response =
                send("/v1/chat/completions", "open", JSON.writeValueAsString(request));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/event-stream");
        return response.body()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring(6))
                .toList();
    }

    private URI service() {
        return Objects.requireNonNull(service);
    }

    private static JsonNode ok(HttpResponse<String> response) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> get(String path, String project) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(service().resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .header("OpenAI-Project", project)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String project, Map<String, ?> body)
            throws Exception {
        return send(path, project, JSON.writeValueAsString(body));
    }

    private HttpResponse<String> send(String path, String project, String body) throws Exception {
        return HTTP.send(request(path, project, body), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String path, String project, String body) {
        return HttpRequest.newBuilder(service().resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("OpenAI-Project", project)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static List<Integer> ints(JsonNode list) {
        List<Integer> ints = new ArrayList<>();
        list.forEach(value -> ints.add(value.intValue()));
        return ints;
    }
}
