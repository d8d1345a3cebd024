package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.tokenizer.chat.TokenizerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HuggingFaceFolderTest {
    @TempDir Path path;

    @Test
    void givesBackWhatItWrote() {
        var source = new HuggingFaceFolder(Golden.path("sharded"));
        var copy = new HuggingFaceFolder(path);
        var tokenizer = new TokenizerConfig("<s>", "</s>", null, null, "{{ messages }}");
        var generation = new GenerationConfig(1, List.of(2, 3), null, 0.7, 40, 0.9, 1.1);
        try (Weights weights = source.weights()) {
            copy.write(source.config(), weights, tokenizer, generation);
        }

        assertThat(copy.config()).isEqualTo(source.config());
        assertThat(copy.tokenizerConfig()).isEqualTo(tokenizer);
        assertThat(copy.generationConfig()).isEqualTo(generation);
        try (Weights expected = source.weights();
                Weights weights = copy.weights()) {
            for (Tensor tensor : expected.tensors().values()) {
                Tensor written = weights.tensor(tensor.name());
                assertThat(written.type()).isEqualTo(DataType.BF16);
                assertThat(written.toFloats()).isEqualTo(tensor.toFloats());
            }
        }
    }

    @Test
    void dropsATiedHeadThatIsStoredAllTheSame() {
        var source = new HuggingFaceFolder(Golden.path("tiny"));
        try (Weights weights = source.weights()) {
            var doubled = new ArrayList<Tensor>(weights.tensors().values());
            doubled.add(weights.tensor("model.embed_tokens.weight").named("lm_head.weight"));
            Safetensors.write(path.resolve("model.safetensors"), Weights.of(doubled), DataType.F32);
        }
        source.config().write(path.resolve("config.json"));

        try (Weights weights = new HuggingFaceFolder(path).weights()) {
            assertThat(weights.contains("lm_head.weight")).isFalse();
        }
    }

    @Test
    void refusesGenerationDefaultsOutOfRange() throws IOException {
        Path file = path.resolve("generation_config.json");
        Files.writeString(file, "{\"top_p\": 1.5}");

        assertThatThrownBy(() -> GenerationConfig.read(file))
                .hasMessage("top_p is 1.5, out of its range");
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatThrownBy(() -> new HuggingFaceFolder(path).config())
                .hasMessage(path + " has no config.json");
    }
}
