package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelConfigTest {
    @TempDir Path folder;

    private static final ModelConfig TINY =
            new ModelConfig(
                    Architecture.LLAMA_CAUSAL,
                    96,
                    2,
                    32,
                    4,
                    2,
                    16,
                    64,
                    64,
                    50_000,
                    1e-5,
                    true,
                    1,
                    List.of(2),
                    0,
                    DataType.F32);

    @Test
    void readsWhatTransformers5Wrote() {
        assertThat(ModelConfig.read(Golden.path("tiny/config.json"))).isEqualTo(TINY);
    }

    @Test
    void readsWhatTransformers4Wrote() {
        ObjectNode json = HuggingFaceConfig.toJson(TINY);
        json.remove(List.of("rope_parameters", "dtype", "head_dim", "num_key_value_heads"));
        json.put("rope_theta", 1e6).putNull("rope_scaling");
        json.putArray("eos_token_id").add(2).add(3);

        ModelConfig config = HuggingFaceConfig.parse(json);

        assertThat(config.ropeTheta()).isEqualTo(1e6);
        assertThat(config.headSize()).isEqualTo(8);
        assertThat(config.kvHeads()).isEqualTo(4);
        assertThat(config.eosTokenIds()).containsExactly(2, 3);
        assertThat(config.dtype()).isEqualTo(DataType.F32);
    }

    @Test
    void givesBackWhatItWrote() {
        Path file = folder.resolve("config.json");
        ModelConfig config =
                TINY.withArchitecture(Architecture.LLAMA_SEQUENCE_CLASSIFICATION)
                        .withTokenIds(null, List.of(2, 3), null)
                        .withDtype(DataType.BF16);

        config.write(file);

        assertThat(ModelConfig.read(file)).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "model_type | \"qwen2\" | model_type is \"qwen2\", only 'llama' is supported",
                "architectures | [\"LlamaModel\"] | architecture 'LlamaModel' is not supported",
                "architectures | [] | architectures is []",
                "hidden_act | \"gelu\" | hidden_act is \"gelu\", only 'silu' is supported",
                "attention_bias | true | attention_bias is true",
                "mlp_bias | true | mlp_bias is true",
                "rope_scaling | {\"type\":\"linear\",\"factor\":2} | rope scaling is not supported",
                "rope_parameters | {\"rope_type\":\"llama3\"} | rope scaling is not supported",
                "quantization_config | {} | quantization_config is {}",
                "sliding_window | 16 | sliding_window is 16",
                "dtype | \"float64\" | dtype 'float64': supported are",
                "hidden_size | null | config.json has no hidden_size",
                "hidden_size | 32.5 | hidden_size is 32.5, it must be a whole number",
                "hidden_size | 0 | hidden_size is 0, it must be between 1 and 16777216",
                "vocab_size | 4000000000 | vocab_size is 4000000000, it must be a whole number",
                "num_hidden_layers | 100000 | num_hidden_layers is 100000, it must be between 1",
                "num_attention_heads | 0 | num_attention_heads is 0",
                "num_key_value_heads | 3 | num_attention_heads 4 is not a multiple of",
                "head_dim | 15 | head_dim 15 is odd",
                "eos_token_id | 96 | eos_token_id is 96, the vocabulary has ids 0 to 95",
                "rms_norm_eps | -1 | rms_norm_eps is -1.0, it must be a positive number",
                "tie_word_embeddings | 1 | tie_word_embeddings is 1, it must be true or false",
            })
    void refusesByName(String key, String value, String message) throws IOException {
        ObjectNode json = HuggingFaceConfig.toJson(TINY);
        JsonNode node = Json.MAPPER.readTree(value);
        json.set(key, node);

        assertThatThrownBy(() -> HuggingFaceConfig.parse(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesARewardModelWithMoreThanOneLabel() {
        ObjectNode json =
                HuggingFaceConfig.toJson(
                        TINY.withArchitecture(Architecture.LLAMA_SEQUENCE_CLASSIFICATION));
        ((ObjectNode) json.get("id2label")).put("1", "other");

        assertThatThrownBy(() -> HuggingFaceConfig.parse(json))
                .hasMessage("num_labels is 2, a reward model has 1");
    }
}
