package dev.gyre.training.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A worker in a JVM of its own, as trainer-service starts it.
final class WorkerChild {
    private final Process process;
    private final Path output;
    private final Path errors;

    private WorkerChild(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /// Starts an attempt; a request is written unless it is there.
    static WorkerChild start(Path store, String job, int attempt, String request, String... options)
            throws IOException {
        Path folder = store.resolve("jobs").resolve(job).resolve(Integer.toString(attempt));
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("request.json"), request);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-cp");
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(Worker.class.getName());
        command.addAll(List.of(store.toString(), job, Integer.toString(attempt)));
        command.addAll(List.of("--threads", "2"));
        command.addAll(List.of(options));
        Path output = folder.resolve("stdout.txt");
        Path errors = folder.resolve("stderr.txt");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("GYRE_ARTIFACTS_CACHE", store.resolveSibling("cache").toString());
        builder.redirectOutput(output.toFile());
        builder.redirectError(errors.toFile());
        return new WorkerChild(builder.start(), output, errors);
    }

    /// Waits for the end.
    ///
    /// @return exit status
    int await() throws InterruptedException {
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("the worker did not end within 3 minutes");
        }
        return process.exitValue();
    }

    /// Waits until the output has a text.
    void awaitOutput(String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.readString(output).contains(text)) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError("no '" + text + "' in " + Files.readString(output));
            }
            Thread.sleep(20);
        }
    }

    /// SIGKILL, as `kill -9`.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// SIGTERM.
    void terminate() {
        process.destroy();
    }

    /// Closes the worker's standard input.
    void letGo() throws IOException {
        process.getOutputStream().close();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }
}
