package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OnnxExporterTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "sharded"})
    void fp32GraphGivesTheLogitsOfPyTorch(String model) throws IOException, OrtException {
        ModelConfig config = export(model, OnnxVariant.FP32);

        try (var run = new OnnxRun(folder.resolve("model.onnx"), config, 1, 64, 1)) {
            float[][] logits = run.next(Golden.ids());

            assertThat(Golden.largestDifference(logits, Golden.logits(model))).isLessThan(1e-4f);
        }
    }

    @Test
    void tokenByTokenGivesWhatPrefillGives() throws IOException, OrtException {
        ModelConfig config = export("tiny", OnnxVariant.FP32);
        int[] ids = Golden.ids();

        try (var run = new OnnxRun(folder.resolve("model.onnx"), config, 1, 64, 1)) {
            var logits = new ArrayList<float[]>();
            for (int id : ids) {
                logits.add(run.next(new int[] {id})[0]);
            }

            assertThat(
                            Golden.largestDifference(
                                    logits.toArray(float[][]::new), Golden.logits("tiny")))
                    .isLessThan(1e-4f);
        }
    }

    @Test
    void rowsOfABatchAreIndependent() throws IOException, OrtException {
        ModelConfig config = export("tiny", OnnxVariant.FP32);
        int[] ids = Golden.ids();
        float[][] expected = Golden.logits("tiny");

        try (var run = new OnnxRun(folder.resolve("model.onnx"), config, 2, 64, 1)) {
            for (int time = 0; time < ids.length; time++) {
                float[][] logits =
                        run.next(new int[] {(ids[time] * 5 + 1) % 96}, new int[] {ids[time]});

                float[][] second = {logits[1]};
                float[][] own = {expected[time]};
                assertThat(Golden.largestDifference(second, own)).isLessThan(1e-4f);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "sharded"})
    void int8GraphStaysCloseToPyTorch(String model) throws IOException {
        ModelConfig config = export(model, OnnxVariant.INT8);

        OnnxParity parity =
                OnnxParity.measure(
                        folder.resolve("model.onnx"),
                        config,
                        Golden.ids(),
                        Golden.logits(model),
                        1);

        // weights and activations have 8 bits; the logits of these models spread over ±10
        assertThat(parity.maxLogProbabilityDifference()).isLessThan(0.5);
        assertThat(parity.meanDivergence()).isBetween(0.0, 2e-3);
    }

    @Test
    void refusesARewardModel() {
        ModelConfig config = ModelConfig.read(Golden.path("reward/config.json"));
        try (Weights weights = Safetensors.open(Golden.path("reward/model.safetensors"))) {
            assertThatThrownBy(() -> OnnxExporter.export(config, weights, OnnxVariant.FP32, folder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("LlamaForSequenceClassification is not served");
        }
    }

    @Test
    void refusesWeightsOfAnotherShape() {
        ModelConfig config = ModelConfig.read(Golden.path("tiny/config.json"));
        try (Weights weights = Safetensors.open(Golden.path("reward/model.safetensors"))) {
            assertThatThrownBy(() -> OnnxExporter.export(config, weights, OnnxVariant.FP32, folder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("score.weight is not part of a LlamaForCausalLM");
        }
    }

    private ModelConfig export(String model, OnnxVariant variant) {
        ModelConfig config = ModelConfig.read(Golden.path(model + "/config.json"));
        Path index =
                Golden.path(model + "/config.json").resolveSibling("model.safetensors.index.json");
        try (Weights weights =
                index.toFile().exists()
                        ? Safetensors.openSharded(index)
                        : Safetensors.open(index.resolveSibling("model.safetensors"))) {
            OnnxExporter.export(config, weights, variant, folder);
        }
        return config;
    }
}
