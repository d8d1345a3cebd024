package dev.gyre.trainer.workers;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A worker that trains nothing: it counts steps, keeps the contract of the package's
/// documentation, and dies on command. The command is the pretrain job's `text`; the number of
/// steps its `steps`. Needs nothing but the JDK, so that it starts fast.
///
/// | text | what it does |
/// |---|---|
/// | `fast` | every step takes a millisecond |
/// | `slow` | every step takes 50 ms |
/// | `dies-once` | kills itself with signal 9 in the middle of the first attempt |
/// | `dies-always` | kills itself with signal 9 before it has done step 3 |
/// | `memory` | fills its heap |
/// | `refuses` | says that the input is bad |
/// | `lies` | names a package that it did not write |
/// | `deaf` | ignores SIGTERM |
public final class FakeWorker {
    private final Path store;
    private final String jobId;
    private final int attempt;
    private final Path folder;
    private volatile boolean stopRequested;

    private FakeWorker(Path store, String jobId, int attempt) {
        this.store = store;
        this.jobId = jobId;
        this.attempt = attempt;
        this.folder = store.resolve("jobs").resolve(jobId).resolve(Integer.toString(attempt));
    }

    /// @param args location of the store, job id, attempt
    public static void main(String[] args) throws Exception {
        Thread.ofPlatform().daemon().start(FakeWorker::endWithService);
        new FakeWorker(Path.of(args[0]), args[1], Integer.parseInt(args[2])).run();
    }

    /// The class path to run it with.
    public static String classPath() {
        try {
            return Path.of(
                            FakeWorker.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void endWithService() {
        try {
            while (System.in.read() >= 0) {
                // only the end has a meaning
            }
        } catch (IOException broken) {
            // an end as well
        }
        Runtime.getRuntime().halt(143);
    }

    private void run() throws Exception {
        String request = Files.readString(folder.resolve("request.json"));
        System.out.println("a line that is no progress");
        if (System.getenv().keySet().stream().anyMatch(name -> name.contains("PASSWORD"))) {
            throw new IllegalStateException("a worker must not know the service's passwords");
        }
        String text = field(request, "text");
        switch (text) {
            case "refuses" -> {
                System.err.println("noise of the JVM");
                System.out.println(
                        "{\"type\":\"error\",\"message\":\"texts/refuses does not exist; put it there\"}");
                System.exit(WorkerProcess.REFUSED);
            }
            case "memory" -> fillTheHeap();
            default ->
                    train(
                            text,
                            Integer.parseInt(field(request, "steps")),
                            field(request, "modelName"));
        }
    }

    private static String field(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\\s*\"?([^\",}]+)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + name + " in " + json);
        }
        return matcher.group(1);
    }

    private static void fillTheHeap() {
        System.err.println("filling the heap");
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            kept.add(new byte[16 << 20]);
        }
    }

    private void train(String text, int steps, String modelName) throws Exception {
        listenToSigterm(text);
        List<String> metrics = new ArrayList<>(earlierMetrics());
        for (int step = metrics.size() + 1; step <= steps; step++) {
            if (text.equals("dies-always") && step == 3) {
                die(step);
            }
            metrics.add("{\"step\":" + step + "}");
            Files.write(folder.resolve("metrics.jsonl"), metrics);
            System.out.printf(
                    Locale.ROOT,
                    "{\"type\":\"progress\",\"phase\":\"training\",\"step\":\"%d\",\"total_steps\":%d,\"loss\":%f,\"note\":\"%s\"}%n",
                    step,
                    steps,
                    1.0 / step,
                    step == 2 ? "a sample" : "");
            if (text.equals("dies-once") && attempt == 1 && step == steps / 2) {
                die(step);
            }
            if (stopRequested) {
                Runtime.getRuntime().halt(143);
            }
            Thread.sleep(text.equals("fast") ? 1 : 50);
        }
        finish(text, modelName);
    }

    private static void die(int step) throws Exception {
        System.err.println("about to die at step " + step);
        new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();
        Thread.sleep(60_000);
    }

    private void listenToSigterm(String text) {
        Thread hook =
                new Thread(
                        () -> {
                            stopRequested = !text.equals("deaf");
                            try {
                                Thread.sleep(60_000);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// The last checkpoint: the longest metric file of the earlier attempts.
    private List<String> earlierMetrics() throws IOException {
        List<String> longest = List.of();
        for (int earlier = 1; earlier < attempt; earlier++) {
            Path file = folder.resolveSibling(Integer.toString(earlier)).resolve("metrics.jsonl");
            if (Files.exists(file) && Files.readAllLines(file).size() > longest.size()) {
                longest = Files.readAllLines(file);
            }
        }
        return longest;
    }

    private void finish(String text, String modelName) throws Exception {
        String version = jobId + "-" + attempt;
        byte[] manifest = ("{\"schema_version\":1,\"version\":\"" + version + "\"}").getBytes();
        if (!text.equals("lies")) {
            Path model = store.resolve("models").resolve(modelName).resolve(version);
            Files.createDirectories(model);
            Files.write(model.resolve("manifest.json"), manifest);
        }
        Files.writeString(
                folder.resolve("result.json"),
                """
                {"model": {"name": "%s", "version": "%s"}, "manifestSha256": "%s",
                 "metrics": {"loss": 0.25, "eval_rewards/accuracies": 0.75}}
                """
                        .formatted(modelName, version, sha256(manifest)));
        Runtime.getRuntime().halt(0);
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
