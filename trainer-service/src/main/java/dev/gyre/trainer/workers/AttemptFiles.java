package dev.gyre.trainer.workers;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.trainer.jobs.Job;
import dev.gyre.trainer.jobs.JobOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The files of an attempt in the artifact store, `jobs/<id>/<attempt>/`.
final class AttemptFiles {
    private static final int MAX_RESULT_BYTES = 1 << 20;

    private final ArtifactStore store;
    private final ModelPackages packages;
    private final Job job;

    AttemptFiles(ArtifactStore store, ModelPackages packages, Job job) {
        this.store = store;
        this.packages = packages;
        this.job = job;
    }

    private String folder() {
        return "jobs/" + job.id() + "/" + job.attempt();
    }

    /// Gives the worker its orders.
    void writeRequest() throws IOException {
        store.write(
                folder() + "/request.json",
                job.request().specification().json().getBytes(StandardCharsets.UTF_8));
    }

    /// What the worker says it made, held against what is there.
    ///
    /// @throws IllegalArgumentException when the result is missing, malformed or untrue
    JobOutcome readResult() throws IOException {
        String path = folder() + "/result.json";
        if (!store.exists(path)) {
            throw new IllegalArgumentException("the worker ended well and left no " + path);
        }
        if (store.size(path) > MAX_RESULT_BYTES) {
            throw new IllegalArgumentException(
                    path + " has " + store.size(path) + " bytes, the limit is " + MAX_RESULT_BYTES);
        }
        String metrics = folder() + "/metrics.jsonl";
        JobOutcome outcome =
                WorkerMessages.outcome(text(path), store.exists(metrics) ? finalMetricsPath() : "");
        if (outcome.model() != null) {
            checkPackage(outcome.model(), outcome.manifestSha256());
        }
        return outcome;
    }

    private void checkPackage(ModelVersion model, String manifestSha256) throws IOException {
        String version = job.id() + "-" + job.attempt();
        if (!model.version().equals(version)) {
            throw new IllegalArgumentException(
                    "the worker says that it wrote "
                            + model
                            + "; this attempt may write only version "
                            + version);
        }
        if (!packages.exists(model)) {
            throw new IllegalArgumentException(
                    "the worker says that it wrote "
                            + model
                            + ", which is not in the artifact store");
        }
        String actual = packages.manifestSha256(model);
        if (!actual.equals(manifestSha256)) {
            throw new IllegalArgumentException(
                    "the manifest of "
                            + model
                            + " has SHA-256 "
                            + actual
                            + ", the worker says "
                            + manifestSha256);
        }
    }

    /// Makes this attempt's metric file the job's. It holds the lines of the earlier attempts too.
    void keepMetrics() throws IOException {
        String source = folder() + "/metrics.jsonl";
        if (!store.exists(source)) {
            return;
        }
        Path copy = Files.createTempFile("gyre-metrics", ".jsonl");
        try {
            try (InputStream metrics = store.read(source)) {
                Files.copy(metrics, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            store.upload(finalMetricsPath(), copy);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private String finalMetricsPath() {
        return "jobs/" + job.id() + "/metrics.jsonl";
    }

    private String text(String path) throws IOException {
        try (InputStream file = store.read(path)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
