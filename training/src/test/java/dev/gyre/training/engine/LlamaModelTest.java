package dev.gyre.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.model.Safetensors;
import dev.gyre.model.Tensor;
import dev.gyre.model.Weights;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LlamaModelTest {
    @BeforeAll
    static void start() {
        Torch.start(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void givesTheLogitsOfPyTorch(String name) throws IOException {
        JsonNode golden = Golden.json(name + "/pretrain.json");

        try (PointerScope _ = new PointerScope();
                LlamaModel model = Golden.model(name)) {
            float[] logits =
                    Torch.toFloats(
                            model.logits(
                                    model.hidden(
                                            Torch.longs(Golden.longs(golden.get("ids")), 2, 9))));

            assertThat(logits).containsExactly(Golden.floats(golden.get("logits")), within(2e-5f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void tenStepsOfAdamWGiveTheLossesAndGradientsOfPyTorch(String name) throws IOException {
        JsonNode golden = Golden.json(name + "/pretrain.json");
        OptimizerSettings settings =
                new OptimizerSettings(2e-3, 3, Schedule.COSINE, 0.1, 1.0, 0.95);

        try (PointerScope _ = new PointerScope();
                LlamaModel model = Golden.model(name);
                AdamW optimizer = new AdamW(model.parameters(), settings)) {
            for (int step = 0; step < 10; step++) {
                JsonNode expected = golden.get("steps").get(step);
                double loss = backward(model, golden.get("batches").get(step));
                if (step == 0) {
                    assertGradientsEqual(model, name);
                }
                double norm = optimizer.step(step, 10);

                assertThat(loss).isEqualTo(expected.get("loss").asDouble(), within(2e-5));
                assertThat(norm).isEqualTo(expected.get("grad_norm").asDouble(), within(2e-4));
                assertThat(settings.learningRate(step, 10))
                        .isEqualTo(expected.get("learning_rate").asDouble(), within(1e-12));
            }
            float[] logits =
                    Torch.toFloats(
                            model.logits(
                                    model.hidden(
                                            Torch.longs(Golden.longs(golden.get("ids")), 2, 9))));
            assertThat(logits)
                    .containsExactly(Golden.floats(golden.get("final_logits")), within(2e-3f));
        }
    }

    private static double backward(LlamaModel model, JsonNode batch) {
        long[] ids = Golden.longs(batch);
        org.bytedeco.pytorch.Tensor both = Torch.longs(ids, 3, 13);
        org.bytedeco.pytorch.Tensor loss =
                model.loss(both.narrow(1, 0, 12).contiguous(), both.narrow(1, 1, 12).contiguous());
        loss.backward();
        return loss.item_float();
    }

    /// Every single gradient of the first step, before clipping.
    private static void assertGradientsEqual(LlamaModel model, String name) {
        try (LlamaModel gradients = Golden.model(name, "gradients.safetensors")) {
            for (Map.Entry<String, org.bytedeco.pytorch.Tensor> parameter :
                    model.parameters().entrySet()) {
                assertThat(Torch.toFloats(parameter.getValue().grad()))
                        .as(parameter.getKey())
                        .containsExactly(
                                Torch.toFloats(
                                        Torch.named(gradients.parameters(), parameter.getKey())),
                                within(2e-5f));
            }
        }
    }

    @Test
    void cachedStepsGiveTheLogitsOfOneForwardPassForRowsOfDifferentLength() {
        long[][] rows = {{5, 9, 11, 4, 30, 8}, {7, 3, 12, 6, 0, 0}}; // lengths 6 and 4

        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard();
                LlamaModel model = Golden.model("tied")) {
            float[][] whole = {lastLogits(model, rows[0], 6), lastLogits(model, rows[1], 4)};
            KvCache cache = new KvCache(model.config(), 2, 8);
            // rows of 4 and 2 tokens first, the second padded by 2, then two single steps
            cache.advance(new long[] {0, 0}, 4);
            model.hidden(Torch.longs(new long[] {5, 9, 11, 4, 7, 3, 0, 0}, 2, 4), cache);
            cache.advance(new long[] {4, 2}, 1);
            model.hidden(Torch.longs(new long[] {30, 12}, 2, 1), cache);
            cache.advance(new long[] {5, 3}, 1);
            float[] stepwise =
                    Torch.toFloats(
                            model.logits(
                                    model.hidden(Torch.longs(new long[] {8, 6}, 2, 1), cache)));

            for (int row = 0; row < 2; row++) {
                assertThat(Arrays.copyOfRange(stepwise, row * 47, (row + 1) * 47))
                        .containsExactly(whole[row], within(2e-5f));
            }
        }
    }

    private static float[] lastLogits(LlamaModel model, long[] row, int length) {
        long[] ids = Arrays.copyOf(row, length);
        return Torch.toFloats(
                model.logits(model.hidden(Torch.longs(ids, 1, length)).select(1, length - 1)));
    }

    @Test
    void givesItsWeightsBackUnderHuggingFacesNames() {
        try (LlamaModel model = Golden.model("untied");
                Weights original =
                        Safetensors.open(Golden.path("untied").resolve("model.safetensors"))) {
            Weights weights = model.weights();

            weights.check(model.config());
            for (Tensor tensor : original.tensors().values()) {
                assertThat(weights.tensor(tensor.name()).toFloats())
                        .as(tensor.name())
                        .isEqualTo(tensor.toFloats());
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        try (LlamaModel one = LlamaModel.random(Golden.config("tied"), 3);
                LlamaModel same = LlamaModel.random(Golden.config("tied"), 3);
                LlamaModel other = LlamaModel.random(Golden.config("tied"), 4)) {
            String name = "model.embed_tokens.weight";

            float[] weights = one.weights().tensor(name).toFloats();

            assertThat(weights).isEqualTo(same.weights().tensor(name).toFloats());
            assertThat(weights).isNotEqualTo(other.weights().tensor(name).toFloats());
        }
    }

    @Test
    void refusesWeightsOfAnotherShape() {
        Weights wrong =
                Weights.of(
                        List.of(
                                Tensor.of(
                                        "model.embed_tokens.weight",
                                        List.of(2L, 16L),
                                        new float[32])));

        assertThatThrownBy(() -> LlamaModel.load(Golden.config("tied"), wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model.embed_tokens.weight");
    }
}
