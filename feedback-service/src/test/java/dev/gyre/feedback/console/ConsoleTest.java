package dev.gyre.feedback.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.access.TokenIssuer;
import dev.gyre.access.TokenVerifier;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The console from outside: a browser's requests against the running service.
@QuarkusTest
@QuarkusTestResource(ConsoleSurroundings.class)
class ConsoleTest {
    private static final Identity ANNA =
            new Identity("anna", Set.of(Role.RATER), List.of("default"));
    private static final String[] OWN_PAGE = {"sec-fetch-site", "same-origin"};

    private final HttpClient browser =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init")
    TokenIssuer issuer;

    @SuppressWarnings("NullAway.Init")
    FakeInference inference;

    @SuppressWarnings("NullAway.Init")
    @TestHTTPResource
    URI console;

    @Test
    void aLoginLinkOpensASessionOnceOnly() throws Exception {
        String code = issuer.mint(ANNA, TokenVerifier.LOGIN, Duration.ofMinutes(5));

        HttpResponse<String> look =
                send(to("/login?code=" + code).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        HttpResponse<String> first = get("/login?code=" + code);
        HttpResponse<String> second = get("/login?code=" + code);

        assertThat(look.statusCode()).isEqualTo(200);
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).contains("signed in as anna", "url=/");
        assertThat(setCookie(first))
                .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200")
                .doesNotContain("Secure");
        assertThat(second.statusCode()).isEqualTo(401);
        assertThat(second.headers().firstValue("set-cookie")).isEmpty();
        assertThat(second.body()).contains("used already", "./gyre login");
    }

    @Test
    void refusesLoginLinksThatAreWrongExpiredOrMeantForElse() throws Exception {
        String expired = issuer.mint(ANNA, TokenVerifier.LOGIN, Duration.ofSeconds(-1));
        String access = issuer.mint(ANNA, TokenVerifier.ACCESS, Duration.ofMinutes(5));

        assertRefusedLogin("nonsense", "malformed");
        assertRefusedLogin(expired, "expired");
        assertRefusedLogin(access, "not for login");
    }

    @Test
    void sessionsOpenPagesAndApiUntilTheyEnd() throws Exception {
        String cookie = signIn(ANNA);

        assertThat(get("/chat", "cookie", cookie).body()).contains("/assets/chat.js", "anna");
        assertThat(get("/console/me", "cookie", cookie).body())
                .isEqualTo(
                        "{\"subject\":\"anna\",\"roles\":[\"rater\"],\"projects\":[\"default\"],"
                                + "\"project\":\"default\"}");

        HttpResponse<String> out = post("/logout", "", cookie, OWN_PAGE);

        assertThat(out.statusCode()).isEqualTo(204);
        assertThat(setCookie(out)).contains("Max-Age=0");
        assertThat(get("/console/me", "cookie", cookie).statusCode()).isEqualTo(401);
        assertThat(get("/chat", "cookie", cookie).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/chat", "/compare", "/jobs", "/releases", "/data", "/lineage"})
    void servesPagesWithSafeHeadersOnlyToThoseSignedIn(String page) throws Exception {
        HttpResponse<String> stranger = get(page);
        HttpResponse<String> anna = get(page, "cookie", signIn(ANNA));

        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body()).contains("./gyre login").doesNotContain("<script");
        assertThat(anna.statusCode()).isEqualTo(200);
        assertThat(anna.body()).doesNotContain("{{").doesNotContainPattern("<script(?![^>]*src=)");
        for (HttpResponse<String> response : List.of(stranger, anna)) {
            assertThat(response.headers().firstValue("content-security-policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "http:", "*");
            assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
            assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
        }
    }

    @Test
    void servesItsFilesWithTheirTypes() throws Exception {
        HttpResponse<String> style = get("/assets/gyre.css");
        HttpResponse<String> module = get("/assets/chat.js");

        assertThat(style.headers().firstValue("content-type").orElseThrow()).contains("text/css");
        assertThat(style.headers().firstValue("cache-control")).hasValue("no-cache");
        assertThat(module.headers().firstValue("content-type").orElseThrow())
                .contains("text/javascript");
        assertThat(module.headers().firstValue("content-security-policy")).isPresent();
    }

    @Test
    void escapesTheNameOfThePerson() throws Exception {
        Identity odd =
                new Identity("<script>alert(1)</script>", Set.of(Role.RATER), List.of("default"));

        assertThat(get("/", "cookie", signIn(odd)).body())
                .contains("&lt;script&gt;alert")
                .doesNotContain("<script>alert");
    }

    @Test
    void refusesChangesThatAnotherSiteSendsWithTheCookie() throws Exception {
        String cookie = signIn(ANNA);
        String own = console.getScheme() + "://" + console.getAuthority();

        assertThat(post("/logout", "", cookie).statusCode()).isEqualTo(403);
        for (String elsewhere : List.of("cross-site", "same-site", "none")) {
            assertThat(post("/logout", "", cookie, "sec-fetch-site", elsewhere).statusCode())
                    .isEqualTo(403);
        }
        assertThat(post("/logout", "", cookie, "origin", "https://evil.example").body())
                .contains("origin is https://evil.example");
        assertThat(post("/console/chat", "{}", cookie, "origin", "null").statusCode())
                .isEqualTo(403);
        assertThat(post("/logout", "", cookie, "origin", own).body()).isEmpty();
    }

    @Test
    void relaysAnAnswerInThePersonsName() throws Exception {
        inference.received.clear();

        HttpResponse<String> answer = chat("default", false, "tell me", signIn(ANNA));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type").orElseThrow())
                .startsWith("text/event-stream");
        assertThat(answer.body())
                .contains("event:part", "\"modelVersion\":\"smollm2@7-1\"", "FINISH_REASON_STOP")
                .doesNotContain("promptTokenIds", "tokenId");
        FakeInference.Received received = inference.received.take();
        assertThat(received.caller())
                .isEqualTo(new Identity("anna", Set.of(Role.RATER), List.of("default")));
        assertThat(received.request().getPrompt().getChat().getMessages(0).getContent())
                .isEqualTo("tell me");
        assertThat(received.request().getSampling().getSeed()).isEqualTo(5);
    }

    @Test
    void keepsTheVersionBackInABlindedComparison() throws Exception {
        HttpResponse<String> answer = chat("default", true, "tell me", signIn(ANNA));

        assertThat(answer.body()).contains("completionId").doesNotContain("smollm2");
    }

    @Test
    void passesOnWhyInferenceRefuses() throws Exception {
        HttpResponse<String> answer = chat("default", false, "refuse", signIn(ANNA));

        assertThat(answer.body())
                .contains("event:failure", "temperature is 9, it must be 0 to 2; lower it");
    }

    @Test
    void refusesProjectsOfOthersAndUnreadableRequests() throws Exception {
        String cookie = signIn(ANNA);

        assertThat(chat("secret", false, "hello", cookie).statusCode()).isEqualTo(403);
        HttpResponse<String> unreadable =
                post("/console/chat", "{\"modell\": 1}", cookie, OWN_PAGE);
        assertThat(unreadable.statusCode()).isEqualTo(400);
        assertThat(unreadable.body()).contains("modell");
    }

    @Test
    void closingTheConnectionCancelsTheGeneration() throws Exception {
        HttpRequest request = chatRequest("default", false, "wait", signIn(ANNA));
        try (HttpClient closing =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<InputStream> answer =
                    closing.send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(firstLine(answer.body())).isEqualTo("event:part");

            answer.body().close();

            assertThat(inference.cancelledWithin(5)).isTrue();
        }
    }

    @Test
    void listsTheModelsOfTheProject() throws Exception {
        assertThat(get("/console/models?project=default", "cookie", signIn(ANNA)).body())
                .isEqualTo(
                        "[{\"name\":\"smollm2\",\"version\":\"7-1\",\"contextLength\":2048,"
                                + "\"variant\":\"int8\"}]");
    }

    @Test
    void takesBearerTokensBesideSessions() throws Exception {
        String token = issuer.mint(ANNA, TokenVerifier.ACCESS, Duration.ofMinutes(1));

        assertThat(get("/console/me", "authorization", "Bearer " + token).body())
                .contains("\"anna\"");
        assertThat(get("/console/me", "authorization", "Bearer nonsense").statusCode())
                .isEqualTo(401);
        assertThat(get("/console/me").body()).contains("gyre login");
    }

    private void assertRefusedLogin(String code, String reason) throws Exception {
        HttpResponse<String> refused = get("/login?code=" + code);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains(reason, "./gyre login");
        assertThat(refused.headers().firstValue("set-cookie")).isEmpty();
    }

    private String signIn(Identity identity) throws Exception {
        String code = issuer.mint(identity, TokenVerifier.LOGIN, Duration.ofMinutes(5));
        String cookie = setCookie(get("/login?code=" + code));
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static String setCookie(HttpResponse<?> response) {
        return response.headers().firstValue("set-cookie").orElseThrow();
    }

    private HttpResponse<String> chat(String project, boolean blind, String text, String cookie)
            throws Exception {
        return browser.send(
                chatRequest(project, blind, text, cookie), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest chatRequest(String project, boolean blind, String text, String cookie) {
        String body =
                """
                {"model": "smollm2",
                 "prompt": {"chat": {"messages": [{"role": "user", "content": "%s"}]}},
                 "sampling": {"seed": "5", "maxTokens": 6}}
                """
                        .formatted(text);
        return to("/console/chat?project=" + project + "&blind=" + blind)
                .header("cookie", cookie)
                .headers(OWN_PAGE)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static String firstLine(InputStream stream) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = stream.read(); next >= 0 && next != '\n'; next = stream.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = to(path).GET();
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> post(String path, String body, String cookie, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                to(path).header("cookie", cookie)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(console.resolve(path)).timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
