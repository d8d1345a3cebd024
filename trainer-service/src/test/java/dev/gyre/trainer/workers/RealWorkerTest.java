package dev.gyre.trainer.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.ModelPackages;
import dev.gyre.proto.training.v1.JobSpec;
import dev.gyre.proto.training.v1.PretrainJob;
import dev.gyre.trainer.jobs.Job;
import dev.gyre.trainer.jobs.JobState;
import dev.gyre.trainer.jobs.JobStore;
import dev.gyre.trainer.jobs.TestDatabase;
import dev.gyre.trainer.jobs.TestRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real worker, as the module `training` packages it, on a tiny model.
final class RealWorkerTest {
    private static final String MAIN = "dev.gyre.training.worker.Worker";
    private static final List<String> WORDS =
            List.of("the", "a", "dog", "cat", "runs", "sleeps", "on", "under", "green", "hill");

    @TempDir Path store;

    private JobStore jobs;

    @BeforeEach
    void writeText() throws IOException {
        jobs = TestDatabase.create().store();
        var random = new Random(1);
        List<String> lines =
                IntStream.range(0, 3000)
                        .mapToObj(
                                _ ->
                                        String.join(
                                                " ",
                                                random.ints(8, 0, WORDS.size())
                                                        .mapToObj(WORDS::get)
                                                        .toList()))
                        .toList();
        Files.createDirectories(store.resolve("texts"));
        Files.write(store.resolve("texts/tiny.txt"), lines);
    }

    @Test
    void aJobKilledWithSignal9ResumesToTheSameMetricFileToTheBit() throws IOException {
        Workers workers = workers();
        workers.start();
        try {
            Job undisturbed = TestWorkers.awaitEnd(jobs, submit("undisturbed"));
            assertThat(undisturbed.state()).isInstanceOf(JobState.Succeeded.class);

            Job disturbed = submit("disturbed");
            TestWorkers.await(jobs, disturbed, RealWorkerTest::isTraining);
            TestWorkers.onlyWorker(MAIN).destroyForcibly();
            assertThat(store.resolve("jobs/" + disturbed.id() + "/1/checkpoints"))
                    .isDirectoryContaining("glob:**/step-*");
            Job resumed = TestWorkers.awaitEnd(jobs, disturbed);

            assertThat(resumed.state()).isInstanceOf(JobState.Succeeded.class);
            assertThat(resumed.attempt()).isEqualTo(2);
            assertThat(metrics(resumed)).hasLineCount(200).isEqualTo(metrics(undisturbed));
            assertThat(weights(resumed)).isEqualTo(weights(undisturbed));
        } finally {
            workers.stop();
        }
    }

    @Test
    void aJobWithoutItsTextFailsAtOnceAndSaysWhatToDo() {
        Workers workers = workers();
        workers.start();
        try {
            Job job = jobs.submit(TestRequests.request("missing", pretrain("missing.txt")));

            Job failed = TestWorkers.awaitEnd(jobs, job);

            assertThat(failed.attempt()).isEqualTo(1);
            assertThat(failed.state())
                    .isInstanceOfSatisfying(
                            JobState.Failed.class,
                            state ->
                                    assertThat(state.error())
                                            .contains("texts/missing.txt", "put the text there")
                                            .doesNotContain("WARNING"));
        } finally {
            workers.stop();
        }
    }

    /// Well into the training, so that a checkpoint is behind it, and well before its end.
    private static boolean isTraining(Job job) {
        return job.progress() != null
                && job.progress().phase().equals("training")
                && job.progress().step() >= 50;
    }

    private Job submit(String requestId) {
        return jobs.submit(TestRequests.request(requestId, pretrain("tiny.txt")));
    }

    private static JobSpec pretrain(String text) {
        return JobSpec.newBuilder()
                .setPretrain(
                        PretrainJob.newBuilder()
                                .setModelName("tiny")
                                .setText(text)
                                .setVocabularySize(300)
                                .setLayers(2)
                                .setHiddenSize(32)
                                .setQueryHeads(2)
                                .setKvHeads(1)
                                .setHeadSize(16)
                                .setFeedForwardSize(64)
                                .setContextLength(32)
                                .setSequenceLength(32)
                                .setBatchSize(4)
                                .setSteps(200)
                                .addVariants("fp32"))
                .build();
    }

    private Workers workers() {
        Path folder =
                Path.of(
                        System.getProperty(
                                "gyre.test.worker",
                                System.getProperty("gyre.root") + "/training/target/worker"));
        if (!Files.isDirectory(folder)) {
            System.out.println("skipped: " + folder + " is not there; package training first");
            abort(folder + " is not there; package training first");
        }
        return TestWorkers.of(
                jobs,
                store,
                Map.of(
                        "gyre.worker.class-path", folder + "/*",
                        "gyre.worker.threads", "1",
                        "gyre.worker.nice", "0",
                        "gyre.worker.poll-interval", "50ms",
                        "gyre.worker.progress-interval", "50ms",
                        "gyre.worker.checkpoint-interval", "100ms"));
    }

    private String metrics(Job job) throws IOException {
        return Files.readString(store.resolve("jobs/" + job.id() + "/metrics.jsonl"));
    }

    private byte[] weights(Job job) throws IOException {
        var outcome = ((JobState.Succeeded) job.state()).outcome();
        var packages =
                new ModelPackages(ArtifactStore.open(store.toString()), store.resolve(".cache"));
        Path model = packages.fetch(java.util.Objects.requireNonNull(outcome.model()));
        return Files.readAllBytes(model.resolve("model.safetensors"));
    }
}
