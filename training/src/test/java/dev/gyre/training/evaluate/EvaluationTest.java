package dev.gyre.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gyre.model.ModelConfig;
import dev.gyre.training.engine.Golden;
import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Sampler;
import dev.gyre.training.engine.Torch;
import dev.gyre.training.preference.PreferenceFile;
import dev.gyre.training.preference.PreferencePair;
import dev.gyre.training.run.CheckpointSettings;
import dev.gyre.training.run.TrainingRun;
import dev.gyre.training.text.HeldOutText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluationTest {
    @TempDir Path folder;

    @BeforeAll
    static void start() {
        Torch.start(1);
    }

    @Test
    void aModelAgainstItselfIsNeitherBetterNorWorse() throws IOException {
        Map<String, Double> metrics = measure("dpo", "dpo");

        assertThat(metrics)
                .containsEntry("holdout_pairs", 6.0)
                .containsEntry("holdout_correct", 3.0)
                .containsEntry("holdout_margin", 0.0)
                .containsEntry("kl_per_token", 0.0);
        assertThat(metrics.get("text_loss_candidate")).isEqualTo(metrics.get("text_loss_base"));
        assertThat(metrics.get("reward_score_candidate"))
                .isEqualTo(metrics.get("reward_score_base"));
        assertThat(metrics.get("mean_length_candidate")).isEqualTo(metrics.get("mean_length_base"));
    }

    @Test
    void anotherModelDiverges() throws IOException {
        Map<String, Double> metrics = measure("tied", "dpo");

        assertThat(metrics.get("kl_per_token")).isGreaterThan(0.05);
        assertThat(metrics.get("holdout_margin")).isNotZero();
        assertThat(metrics.get("reward_accuracy")).isBetween(0.0, 1.0);
    }

    @Test
    void repetitionIsTheShareOfPairsHadBefore() {
        assertThat(Evaluation.repetition(new int[] {1, 2, 3, 4})).isZero();
        assertThat(Evaluation.repetition(new int[] {1, 2, 1, 2, 1})).isEqualTo(0.5);
        assertThat(Evaluation.repetition(new int[] {7})).isZero();
    }

    /// Same seed, same answers, alone or in a batch of prompts of other lengths.
    @Test
    void samplingGivesTheSameAnswersForTheSameSeed() {
        List<int[]> prompts = List.of(new int[] {5}, new int[] {6, 7, 8, 9}, new int[] {10, 11});
        Sampler sampler = new Sampler(1, 12, Set.of(2), 9);

        try (LlamaModel model = Golden.model("tied")) {
            List<Sampler.Answer> together = sampler.sample(model, prompts);
            List<Sampler.Answer> again = sampler.sample(model, prompts);
            Sampler.Answer alone = sampler.sample(model, List.of(prompts.getFirst())).getFirst();

            for (int index = 0; index < prompts.size(); index++) {
                assertThat(again.get(index).ids()).isEqualTo(together.get(index).ids());
            }
            assertThat(alone.ids()).isEqualTo(together.getFirst().ids());
            assertThat(new Sampler(1, 12, Set.of(2), 10).sample(model, prompts).get(1).ids())
                    .isNotEqualTo(together.get(1).ids());
            assertThat(together)
                    .allMatch(
                            answer ->
                                    answer.ended() == (answer.ids()[answer.ids().length - 1] == 2));
        }
    }

    @Test
    void samplingFollowsTheModelsDistribution() {
        int draws = 4000;
        List<int[]> prompts = Collections.nCopies(draws, new int[] {5, 6});

        try (LlamaModel model = Golden.model("tied")) {
            double[] counts = new double[47];
            for (Sampler.Answer answer : new Sampler(1, 1, Set.of(), 3).sample(model, prompts)) {
                counts[answer.ids()[0]] += 1.0 / draws;
            }
            int likeliest =
                    new Sampler(0, 1, Set.of(), 3)
                            .sample(model, prompts.subList(0, 1))
                            .getFirst()
                            .ids()[0];
            double expected = probability(model, likeliest);

            assertThat(counts[likeliest])
                    .isEqualTo(expected, within(4 * Math.sqrt(expected / draws)));
        }
    }

    private static double probability(LlamaModel model, int id) {
        try (PointerScope _ = new PointerScope()) {
            float[] logits =
                    Torch.toFloats(
                            model.logits(
                                    model.hidden(Torch.longs(new long[] {5, 6}, 1, 2))
                                            .select(1, 1)));
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            return Math.exp(logits[id]) / sum;
        }
    }

    @Test
    void refusesModelsOfDifferentVocabularies() throws IOException {
        try (LlamaModel model = Golden.model("tied");
                LlamaModel other = LlamaModel.random(withVocabulary(48), 1);
                TrainingRun run = run()) {
            EvaluationSettings settings = new EvaluationSettings(8, 4, 6, 1);

            assertThatThrownBy(() -> new Evaluation(model, other, null, settings, run))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("47")
                    .hasMessageContaining("48");
        }
    }

    private static ModelConfig withVocabulary(int size) {
        ModelConfig config = Golden.config("tied");
        return new ModelConfig(
                config.architecture(),
                size,
                1,
                16,
                2,
                1,
                8,
                24,
                32,
                10_000,
                1e-5,
                true,
                null,
                List.of(2),
                null,
                config.dtype());
    }

    private Map<String, Double> measure(String candidate, String base) throws IOException {
        List<PreferencePair> pairs =
                PreferenceFile.read(
                        Files.newInputStream(Golden.path("pairs.jsonl")), "pairs", 47, 32);
        HeldOutText text =
                HeldOutText.of(List.of("some text"), List.of(new int[] {5, 6, 7, 8}), 2, 100);
        try (LlamaModel candidateModel = Golden.model(candidate);
                LlamaModel baseModel = Golden.model(base);
                LlamaModel reward = Golden.model("reward");
                TrainingRun run = run()) {
            return Objects.requireNonNull(
                    new Evaluation(
                                    candidateModel,
                                    baseModel,
                                    reward,
                                    new EvaluationSettings(8, 4, 10, 1),
                                    run)
                            .measure(pairs, text));
        }
    }

    private TrainingRun run() throws IOException {
        return new TrainingRun(folder, List.of(), CheckpointSettings.DEFAULT, _ -> {}, () -> false);
    }
}
