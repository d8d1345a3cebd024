package dev.gyre.feedback.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// One tab of an installed Chromium, driven over its DevTools protocol: no driver to download.
final class Chromium implements AutoCloseable {
    private static final String LISTENING = "DevTools listening on ";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final String session;

    /// The installed browser, or empty where there is none. The system property `gyre.chromium`
    /// names another one.
    static Optional<Path> installed() {
        String given = System.getProperty("gyre.chromium", "");
        return given.isEmpty()
                ? Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of("/usr/bin", name))
                        .filter(Files::isExecutable)
                        .findFirst()
                : Optional.of(Path.of(given));
    }

    /// Starts it with an empty profile.
    Chromium(Path binary, Path profile) throws Exception {
        process =
                new ProcessBuilder(
                                binary.toString(),
                                "--headless=new",
                                // the tests may run as root, where its sandbox refuses to
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--no-first-run",
                                "--no-proxy-server",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + profile,
                                "about:blank")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            socket =
                    HttpClient.newHttpClient()
                            .newWebSocketBuilder()
                            .buildAsync(address(process), new Incoming())
                            .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            String target =
                    send("Target.createTarget", Map.of("url", "about:blank"), "")
                            .path("targetId")
                            .asText();
            session =
                    send("Target.attachToTarget", Map.of("targetId", target, "flatten", true), "")
                            .path("sessionId")
                            .asText();
            // a tab in the background may not have the focus
            send("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
            for (String domain : List.of("Page", "Runtime", "Log")) {
                send(domain + ".enable", Map.of());
            }
        } catch (Exception failure) {
            process.destroyForcibly();
            throw failure;
        }
    }

    private static URI address(Process process) throws IOException {
        BufferedReader log = process.errorReader();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            if (line.startsWith(LISTENING)) {
                Thread.ofVirtual().start(() -> drain(log));
                return URI.create(line.substring(LISTENING.length()).strip());
            }
        }
        throw new IOException("chromium ended before it listened");
    }

    private static void drain(BufferedReader log) {
        try {
            while (log.readLine() != null) {
                // what it says is of no use, but its pipe must not fill up
            }
        } catch (IOException _) {
            // it has ended
        }
    }

    /// Opens a page and waits until its scripts have run.
    void open(URI page) {
        send("Page.navigate", Map.of("url", page.toString()));
        await("location.href !== 'about:blank' && document.readyState === 'complete'");
    }

    /// Value of an expression.
    JsonNode evaluate(String expression) {
        JsonNode answer =
                send(
                        "Runtime.evaluate",
                        Map.of(
                                "expression",
                                expression,
                                "returnByValue",
                                true,
                                "awaitPromise",
                                true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(
                    expression + ": " + answer.path("exceptionDetails").toPrettyString());
        }
        return answer.path("result").path("value");
    }

    /// Text that is shown on the page.
    String text() {
        return evaluate("document.body.innerText").asText();
    }

    /// Waits until an expression is true.
    void await(String condition) {
        Instant end = Instant.now().plus(LIMIT);
        // between two pages there is no body yet
        while (!evaluate("Boolean(document.body && (" + condition + "))").asBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError(
                        condition + " did not come true within " + LIMIT + " on:\n" + text());
            }
            pause();
        }
    }

    /// Waits until the page shows a text.
    void awaitText(String text) {
        await("document.body.innerText.includes(" + quoted(text) + ")");
    }

    /// Clicks in the middle of an element, as a mouse does.
    void click(String selector) {
        await("document.querySelector(" + quoted(selector) + ")");
        JsonNode at =
                evaluate(
                        """
                        (() => {
                            const element = document.querySelector(%s);
                            element.scrollIntoView({ block: "center" });
                            const box = element.getBoundingClientRect();
                            return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
                        })()
                        """
                                .formatted(quoted(selector)));
        for (String type : List.of("mousePressed", "mouseReleased")) {
            send(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            at.path("x").asDouble(),
                            "y",
                            at.path("y").asDouble(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    /// Types a text into what has the focus.
    void type(String text) {
        send("Input.insertText", Map.of("text", text));
    }

    /// Presses a key, for example `Enter`, `Escape` or `5`.
    void press(String key) {
        String text = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
        int code =
                switch (key) {
                    case "Enter" -> 13;
                    case "Escape" -> 27;
                    default -> key.toUpperCase(java.util.Locale.ROOT).charAt(0);
                };
        for (String type : List.of("keyDown", "keyUp")) {
            send(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            type,
                            "key",
                            key,
                            "text",
                            type.equals("keyDown") ? text : "",
                            "windowsVirtualKeyCode",
                            code));
        }
    }

    /// Sets the size of the page and whether dark colours are preferred.
    void show(int width, int height, boolean dark) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 600));
        send(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"))));
    }

    /// Stores what is seen as PNG.
    void screenshot(Path file) {
        JsonNode picture = send("Page.captureScreenshot", Map.of("format", "png"));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// What axe-core finds on the page against WCAG 2.2 A and AA, one line each.
    ///
    /// @param axe its script
    List<String> violations(Path axe) {
        try {
            evaluate(Files.readString(axe) + "; true");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        JsonNode found =
                evaluate(
                        """
                        axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
                            .then(result => result.violations.map(each =>
                                each.id + ": " + each.nodes.map(node => node.html).join(" | ")))
                        """);
        return StreamSupport.stream(found.spliterator(), false).map(JsonNode::asText).toList();
    }

    /// Exceptions of scripts and errors in the console so far, refusals by the content security
    /// policy among them.
    List<String> errors() {
        return List.copyOf(errors);
    }

    /// Sends a command to the tab.
    JsonNode send(String method, Map<String, ?> parameters) {
        return send(method, parameters, session);
    }

    private JsonNode send(String method, Map<String, ?> parameters, String to) {
        int id = lastId.incrementAndGet();
        ObjectNode command = JSON.createObjectNode().put("id", id).put("method", method);
        command.set("params", JSON.valueToTree(parameters));
        if (!to.isEmpty()) {
            command.put("sessionId", to);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        pending.put(id, answer);
        try {
            socket.sendText(command.toString(), true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(method + " was interrupted", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException(method + " failed", failure);
        }
    }

    private void receive(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = pending.remove(message.path("id").asInt());
            if (message.has("error")) {
                answer.completeExceptionally(new IOException(message.path("error").toString()));
            } else {
                answer.complete(message.path("result"));
            }
            return;
        }
        JsonNode parameters = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" -> errors.add(parameters.toString());
            case "Log.entryAdded" -> {
                if (parameters.path("entry").path("level").asText().equals("error")) {
                    errors.add(parameters.toString());
                }
            }
            default -> {
                // not asked for
            }
        }
    }

    private final class Incoming implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                try {
                    receive(JSON.readTree(message.toString()));
                } catch (IOException malformed) {
                    throw new UncheckedIOException(malformed);
                }
                message.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private static String quoted(String text) {
        return JSON.valueToTree(text).toString();
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
