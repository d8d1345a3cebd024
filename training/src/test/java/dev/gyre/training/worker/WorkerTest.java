package dev.gyre.training.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.artifacts.Sha256;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The worker as its own process, with a tiny model: every kind of job, one after the other, and
/// what becomes of them when the worker is killed.
final class WorkerTest {
    private static final String PRETRAIN =
            """
            {"pretrain": {"modelName": "tiny", "text": "rhymes.txt", "vocabularySize": 300,
             "layers": 2, "hiddenSize": 32, "queryHeads": 2, "kvHeads": 1, "headSize": 16,
             "feedForwardSize": 64, "contextLength": 64, "batchSize": 4, "sequenceLength": 32,
             "steps": 60, "optimizer": {"warmupSteps": 5}}}
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private Path store;

    @BeforeEach
    void writeText() throws IOException {
        store = folder.resolve("store");
        Files.createDirectories(store.resolve("texts"));
        StringBuilder text = new StringBuilder();
        Random random = new Random(3);
        String[] nouns = {"cat", "dog", "bird", "fish", "horse", "mouse", "cow", "hen"};
        String[] verbs = {"sees", "likes", "fears", "hears", "finds", "leaves"};
        for (int line = 0; line < 1500; line++) {
            String subject = nouns[random.nextInt(nouns.length)];
            String object = nouns[random.nextInt(nouns.length)];
            String verb = verbs[random.nextInt(verbs.length)];
            text.append("The " + subject + " " + verb + " the " + object + " on day " + line)
                    .append(".\n");
        }
        Files.writeString(store.resolve("texts/rhymes.txt"), text);
    }

    @Test
    void everyKindOfJobRunsAndAKilledWorkerResumesToTheBit() throws Exception {
        assertThat(run("undisturbed", 1, PRETRAIN)).isZero();
        killAndResume("killed", PRETRAIN, 4);

        assertSameResult("undisturbed", "killed", "tiny");

        String dataset = seal();
        String base = "{\"name\": \"tiny\", \"version\": \"undisturbed-1\"}";
        String reward =
                """
                {"reward": {"base": %s, "dataset": %s, "epochs": 2, "batchSize": 8}}"""
                        .formatted(base, dataset);
        assertThat(run("reward", 1, reward)).isZero();
        String dpo =
                """
                {"dpo": {"base": %s, "dataset": %s, "epochs": 4, "batchSize": 8,
                 "optimizer": {"learningRate": 0.001}}}"""
                        .formatted(base, dataset);
        assertThat(run("dpo", 1, dpo)).isZero();
        killAndResume("dpo-killed", dpo, 2);
        assertSameResult("dpo", "dpo-killed", "tiny");
        assertThat(metrics("dpo").get("eval_rewards/accuracies").asDouble()).isGreaterThan(0.8);

        String evaluate =
                """
                {"evaluate": {"candidate": {"name": "tiny", "version": "dpo-1"}, "base": %s,
                 "dataset": %s, "reward": {"name": "tiny-reward", "version": "reward-1"},
                 "text": "rhymes.txt", "sampledPrompts": 8, "maxTokens": 12}}"""
                        .formatted(base, dataset);
        assertThat(run("evaluate", 1, evaluate)).isZero();
        JsonNode measured = metrics("evaluate");
        assertThat(measured.get("holdout_accuracy").asDouble()).isGreaterThan(0.8);
        assertThat(measured.get("text_loss_candidate").asDouble())
                .isGreaterThan(measured.get("text_loss_base").asDouble());
        assertThat(measured.get("kl_per_token").asDouble()).isPositive();
        assertThat(measured.get("mean_length_base").asDouble()).isBetween(1.0, 12.0);
        assertThat(measured.has("reward_score_candidate")).isTrue();
    }

    @Test
    void stopsWithACheckpointOnSigtermAndWhenItsMasterIsGone() throws Exception {
        String endless = PRETRAIN.replace("\"steps\": 60", "\"steps\": 1000000");
        WorkerChild terminated = WorkerChild.start(store, "terminated", 1, endless);
        terminated.awaitOutput("\"phase\":\"training\"");
        terminated.terminate();

        assertThat(terminated.await()).isEqualTo(143);
        assertThat(store.resolve("jobs/terminated/1/checkpoints")).isNotEmptyDirectory();

        WorkerChild abandoned = WorkerChild.start(store, "terminated", 2, endless);
        abandoned.awaitOutput("goes on after step");
        abandoned.letGo();

        assertThat(abandoned.await()).isEqualTo(4);
        assertThat(store.resolve("jobs/terminated/2/checkpoints")).isNotEmptyDirectory();
        assertThat(store.resolve("jobs/terminated/2/result.json")).doesNotExist();
    }

    @Test
    void refusesWhatCannotBeDoneAndSaysWhatToDo() throws Exception {
        WorkerChild worker =
                WorkerChild.start(
                        store,
                        "bad",
                        1,
                        PRETRAIN.replace("\"sequenceLength\": 32", "\"sequenceLength\": 65"));

        assertThat(worker.await()).isEqualTo(2);
        assertThat(worker.errors())
                .isEqualTo("sequence_length is 65, it must be at most context_length 64\n");
        assertThat(worker.output()).contains("\"type\":\"error\"");
    }

    private int run(String job, int attempt, String request) throws Exception {
        WorkerChild worker =
                WorkerChild.start(store, job, attempt, request, "--checkpoint-steps", "7");
        int status = worker.await();
        assertThat(worker.errors()).as("what %s says", job).isEmpty();
        return status;
    }

    /// Kills attempt after attempt at random moments, then lets the last one come to its end.
    private void killAndResume(String job, String request, int kills) throws Exception {
        Random random = new Random(kills);
        for (int attempt = 1; attempt <= kills; attempt++) {
            WorkerChild worker =
                    WorkerChild.start(store, job, attempt, request, "--checkpoint-steps", "7");
            worker.awaitOutput("\"phase\":\"training\"");
            Thread.sleep(random.nextInt(400));
            worker.kill();
        }
        assertThat(run(job, kills + 1, request)).isZero();
    }

    /// The metric file and the weights are equal, byte by byte.
    private void assertSameResult(String job, String other, String model) throws IOException {
        JsonNode result = result(job);
        JsonNode otherResult = result(other);
        assertThat(Files.readString(store.resolve(otherResult.get("metricsPath").asText())))
                .isEqualTo(Files.readString(store.resolve(result.get("metricsPath").asText())))
                .hasLineCount(job.startsWith("dpo") ? 16 : 60);
        assertThat(Files.readAllBytes(weights(otherResult, model)))
                .isEqualTo(Files.readAllBytes(weights(result, model)));
    }

    private Path weights(JsonNode result, String model) {
        String version = result.get("model").get("version").asText();
        return store.resolve("models").resolve(model).resolve(version).resolve("model.safetensors");
    }

    private JsonNode metrics(String job) throws IOException {
        return result(job).get("metrics");
    }

    /// The result of a job's newest attempt.
    private JsonNode result(String job) throws IOException {
        int attempt = 1;
        while (Files.isDirectory(store.resolve("jobs/" + job + "/" + (attempt + 1)))) {
            attempt++;
        }
        return JSON.readTree(
                store.resolve("jobs/" + job + "/" + attempt + "/result.json").toFile());
    }

    /// A data set whose better answers are about cats and whose worse ones are about dogs.
    ///
    /// @return its reference as JSON
    private String seal() throws IOException {
        HuggingFaceFolder base = new HuggingFaceFolder(store.resolve("models/tiny/undisturbed-1"));
        Tokenizer tokenizer = base.tokenizer();
        String train = rows(tokenizer, 32, new Random(1));
        String holdout = rows(tokenizer, 12, new Random(2));
        Path dataset = store.resolve("datasets/ds-1");
        Files.createDirectories(dataset);
        Files.writeString(dataset.resolve("train.jsonl"), train);
        Files.writeString(dataset.resolve("holdout.jsonl"), holdout);
        String list =
                Sha256.of(holdout.getBytes(StandardCharsets.UTF_8))
                        + "  holdout.jsonl\n"
                        + Sha256.of(train.getBytes(StandardCharsets.UTF_8))
                        + "  train.jsonl\n";
        return "{\"id\": \"ds-1\", \"sha256\": \"%s\"}"
                .formatted(Sha256.of(list.getBytes(StandardCharsets.UTF_8)));
    }

    private static String rows(Tokenizer tokenizer, int count, Random random) throws IOException {
        StringBuilder rows = new StringBuilder();
        String[] verbs = {"sees", "likes", "fears", "hears", "finds", "leaves"};
        for (int row = 0; row < count; row++) {
            String prompt = "The horse " + verbs[random.nextInt(verbs.length)];
            String tail = " on day " + random.nextInt(900) + ".";
            rows.append(
                            JSON.createObjectNode()
                                    .put("rating_id", "r" + row)
                                    .putPOJO("prompt_ids", tokenizer.encode(prompt))
                                    .putPOJO("chosen_ids", tokenizer.encode(" the cat" + tail))
                                    .putPOJO("rejected_ids", tokenizer.encode(" the dog" + tail))
                                    .put("chosen_finish_reason", "length")
                                    .put("rejected_finish_reason", "length"))
                    .append('\n');
        }
        return rows.toString();
    }
}
