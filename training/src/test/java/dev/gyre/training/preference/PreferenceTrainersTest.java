package dev.gyre.training.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.training.engine.Golden;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.OptimizerSettings;
import dev.gyre.training.engine.Schedule;
import dev.gyre.training.engine.Torch;
import dev.gyre.training.run.CheckpointSettings;
import dev.gyre.training.run.TrainingRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PreferenceTrainersTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @BeforeAll
    static void start() {
        Torch.start(1);
    }

    /// The micro-batch must not change the result: 6 is all pairs at once, 4 leaves a rest.
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 6})
    void dpoTakesTheStepsOfPyTorch(int microBatch) throws IOException {
        JsonNode golden = Golden.json("dpo/dpo.json");
        DpoSettings settings =
                new DpoSettings(
                        golden.get("beta").asDouble(),
                        6,
                        microBatch,
                        6,
                        new OptimizerSettings(1e-3, 2, Schedule.LINEAR, 0.01, 1.0, 0.999),
                        1);

        Map<String, Double> holdout;
        try (LlamaModel model = Golden.model("dpo");
                TrainingRun run = run()) {
            holdout =
                    Objects.requireNonNull(
                            new DpoTrainer(model, pairs(), pairs(), settings, run).train());
        }

        assertMetricsEqual(golden.get("steps"));
        assertThat(holdout.get("eval_loss")).isLessThan(lastLoss(golden));
        assertThat(holdout).containsKeys("eval_rewards/accuracies", "eval_rewards/margins");
    }

    @Test
    void rewardModelTakesTheStepsOfPyTorch() throws IOException {
        JsonNode golden = Golden.json("reward/reward.json");
        RewardSettings settings =
                new RewardSettings(
                        6,
                        6,
                        new OptimizerSettings(1e-3, 2, Schedule.CONSTANT, 0.01, 1.0, 0.999),
                        1);

        Map<String, Double> holdout;
        try (LlamaModel model = Golden.model("reward");
                TrainingRun run = run()) {
            holdout =
                    Objects.requireNonNull(
                            new RewardTrainer(model, pairs(), pairs(), settings, run).train());
        }

        assertMetricsEqual(golden.get("steps"));
        assertThat(holdout.get("eval_loss")).isLessThan(lastLoss(golden));
    }

    @Test
    void everySingleGradientIsThatOfPyTorch() throws IOException {
        JsonNode golden = Golden.json("dpo/dpo.json");
        List<Sequence> sequences = new ArrayList<>();
        pairs().forEach(pair -> sequences.addAll(List.of(pair.chosen(), pair.rejected())));

        try (PointerScope _ = new PointerScope();
                LlamaModel model = Golden.model("dpo");
                LlamaModel gradients = Golden.model("dpo", "gradients.safetensors")) {
            Tensor logs = new SequenceBatch(sequences, Set.of(2)).answerLogProbabilities(model);
            float[] values = Torch.toFloats(logs);
            // at the first step policy = reference: d loss / d logp = ∓ β σ(0) / pairs
            float weight = (float) (-golden.get("beta").asDouble() * 0.5 / 6);
            float[] weights = new float[12];
            for (int index = 0; index < 12; index++) {
                weights[index] = index % 2 == 0 ? weight : -weight;
            }
            logs.mul(Torch.floats(weights, 12)).sum().backward();

            for (int pair = 0; pair < 6; pair++) {
                assertThat((double) values[2 * pair])
                        .isEqualTo(
                                golden.get("reference_chosen").get(pair).asDouble(), within(2e-5));
                assertThat((double) values[2 * pair + 1])
                        .isEqualTo(
                                golden.get("reference_rejected").get(pair).asDouble(),
                                within(2e-5));
            }
            model.parameters()
                    .forEach(
                            (name, parameter) ->
                                    assertThat(Torch.toFloats(parameter.grad()))
                                            .as(name)
                                            .containsExactly(
                                                    Torch.toFloats(
                                                            Objects.requireNonNull(
                                                                    gradients
                                                                            .parameters()
                                                                            .get(name))),
                                                    within(2e-5f)));
        }
    }

    @Test
    void refusesRowsOfAnotherTokenizer() {
        String row =
                "{\"rating_id\":\"r\",\"prompt_ids\":[1],\"chosen_ids\":[50],\"rejected_ids\":[3],"
                        + "\"chosen_finish_reason\":\"stop\",\"rejected_finish_reason\":\"length\"}";

        assertThatThrownBy(
                        () ->
                                PreferenceFile.read(
                                        new ByteArrayInputStream(
                                                row.getBytes(StandardCharsets.UTF_8)),
                                        "train.jsonl",
                                        47,
                                        32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("train.jsonl line 1")
                .hasMessageContaining("50")
                .hasMessageContaining("47");
    }

    private TrainingRun run() throws IOException {
        return new TrainingRun(
                folder, List.of(), new CheckpointSettings(0, 0), _ -> {}, () -> false);
    }

    private static List<PreferencePair> pairs() throws IOException {
        return PreferenceFile.read(
                Files.newInputStream(Golden.path("pairs.jsonl")), "pairs.jsonl", 47, 32);
    }

    private void assertMetricsEqual(JsonNode expected) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("metrics.jsonl"));
        assertThat(lines).hasSize(expected.size());
        for (int step = 0; step < lines.size(); step++) {
            JsonNode line = JSON.readTree(lines.get(step));
            for (Map.Entry<String, JsonNode> value : expected.get(step).properties()) {
                assertThat(line.path(value.getKey()).asDouble(Double.NaN))
                        .as("step %d %s", step, value.getKey())
                        .isEqualTo(value.getValue().asDouble(), within(2e-4));
            }
        }
    }

    private static double lastLoss(JsonNode golden) {
        JsonNode steps = golden.get("steps");
        return steps.get(steps.size() - 1).get("loss").asDouble();
    }
}
