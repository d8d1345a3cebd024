package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class ReferenceForwardTest {
    @Test
    void givesTheLogitsOfPyTorch() throws IOException {
        ModelConfig config = ModelConfig.read(Golden.path("tiny/config.json"));
        try (Weights weights = Safetensors.open(Golden.path("tiny/model.safetensors"))) {

            float[][] logits = new ReferenceForward(config, weights).logits(Golden.ids());

            assertThat(Golden.largestDifference(logits, Golden.logits("tiny"))).isLessThan(2e-5f);
        }
    }

    @Test
    void givesTheLogitsOfPyTorchForShardedBfloat16WithAnUntiedHead() throws IOException {
        ModelConfig config = ModelConfig.read(Golden.path("sharded/config.json"));
        try (Weights weights =
                Safetensors.openSharded(Golden.path("sharded/model.safetensors.index.json"))) {

            float[][] logits = new ReferenceForward(config, weights).logits(Golden.ids());

            assertThat(Golden.largestDifference(logits, Golden.logits("sharded")))
                    .isLessThan(2e-5f);
        }
    }

    @Test
    void givesTheRewardOfPyTorch() throws IOException {
        ModelConfig config = ModelConfig.read(Golden.path("reward/config.json"));
        try (Weights weights = Safetensors.open(Golden.path("reward/model.safetensors"));
                Weights expected = Safetensors.open(Golden.path("reward.logits.safetensors"))) {

            double reward = new ReferenceForward(config, weights).reward(Golden.ids());

            assertThat(reward)
                    .isCloseTo(expected.tensor("logits").toFloats()[0], Offset.offset(2e-5));
        }
    }

    @Test
    void refusesTokensOutsideTheVocabulary() {
        ModelConfig config = ModelConfig.read(Golden.path("tiny/config.json"));
        try (Weights weights = Safetensors.open(Golden.path("tiny/model.safetensors"))) {
            var forward = new ReferenceForward(config, weights);

            assertThatThrownBy(() -> forward.logits(96))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("token id 96, the vocabulary has ids 0 to 95");
        }
    }
}
