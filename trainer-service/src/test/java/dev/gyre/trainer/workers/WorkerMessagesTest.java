package dev.gyre.trainer.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.trainer.jobs.JobOutcome;
import dev.gyre.trainer.jobs.Progress;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerMessagesTest {
    @Test
    void readsProgressInBothSpellings() {
        var expected = new Progress("training", 12, 1840, 3.25, 6000, 10.5, "hello");

        assertThat(
                        WorkerMessages.progress(
                                """
                                {"type":"progress","phase":"training","step":12,"total_steps":1840,\
                                "loss":3.25,"tokens_per_second":6000.0,"remaining_seconds":10.5,\
                                "note":"hello"}"""))
                .contains(expected);
        assertThat(
                        WorkerMessages.progress(
                                """
                                {"phase":"training","step":"12","totalSteps":"1840","loss":3.25,\
                                "tokensPerSecond":6000,"remainingSeconds":10.5,"note":"hello"}"""))
                .contains(expected);
    }

    @Test
    void givesOnlyWordsThatADatabaseTakes() {
        assertThat(WorkerMessages.progress("{\"phase\":\"training\",\"note\":\"says: a\\u0000b\"}"))
                .map(Progress::note)
                .contains("says: a\uFFFDb");
        assertThat(WorkerMessages.error("{\"type\":\"error\",\"message\":\"a\\u0000b\"}"))
                .contains("a\uFFFDb");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "WARNING: something",
                "{",
                "{\"type\":\"result\"}",
                "{\"phase\":\"training\",\"step\":-1}",
                "{\"phase\":\"training\",\"step\":\"x\"}",
                "{\"phase\":\" \"}",
                "[]"
            })
    void takesEverythingElseForWords(String line) {
        assertThat(WorkerMessages.progress(line)).isEmpty();
    }

    @Test
    void readsWhyAWorkerEnds() {
        assertThat(WorkerMessages.error("{\"type\":\"error\",\"message\":\"no text\"}"))
                .contains("no text");
        assertThat(WorkerMessages.error("{\"type\":\"progress\",\"message\":\"no text\"}"))
                .isEmpty();
        assertThat(WorkerMessages.error("{\"type\":\"error\"}")).isEmpty();
        assertThat(WorkerMessages.error("error")).isEmpty();
    }

    @Test
    void readsAResult() {
        String hash = "ab".repeat(32);

        assertThat(
                        WorkerMessages.outcome(
                                """
                                {"model":{"name":"tiny","version":"j-1"},"manifestSha256":"%s",
                                 "metrics":{"eval_loss":1.25},"metricsPath":"jobs/j/1/metrics.jsonl"}
                                """
                                        .formatted(hash),
                                "jobs/j/metrics.jsonl"))
                .isEqualTo(
                        new JobOutcome(
                                new ModelVersion("tiny", "j-1"),
                                hash,
                                Map.of("eval_loss", 1.25),
                                "jobs/j/metrics.jsonl"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"metrics\":{\"a\":\"b\"}}",
                "{\"model\":{\"name\":\"../x\",\"version\":\"1\"}}"
            })
    void refusesAMalformedResult(String json) {
        assertThatThrownBy(() -> WorkerMessages.outcome(json, ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cutsEndlessLinesAndKeepsTheLastOnes() {
        List<String> lines = new ArrayList<>();
        var tail = new Tail();

        Lines.forEach(
                new ByteArrayInputStream(
                        ("first\n" + "x".repeat(Lines.MAX_CHARACTERS + 5) + "\na\0b")
                                .getBytes(StandardCharsets.UTF_8)),
                line -> {
                    lines.add(line);
                    tail.add(line);
                });

        assertThat(lines)
                .containsExactly("first", "x".repeat(Lines.MAX_CHARACTERS), "xxxxx", "a\uFFFDb");
        assertThat(tail.text()).hasSizeLessThanOrEqualTo(Tail.MAX_CHARACTERS).endsWith("a\uFFFDb");
    }
}
