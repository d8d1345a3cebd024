package dev.gyre.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.cli.machine.CliException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerFileFormatTest {
    @ParameterizedTest
    @CsvSource({
        "a/tokenizer.json, TOKENIZER_JSON",
        "spm.model, SENTENCEPIECE",
        "cl100k_base.tiktoken, TIKTOKEN",
        "vocab.txt, WORDPIECE_VOCAB",
        "vocab.json merges.txt, VOCAB_AND_MERGES"
    })
    void namesTellTheFormat(String names, TokenizerFileFormat format) {
        assertThat(TokenizerFileFormat.ofNames(Stream.of(names.split(" ")).map(Path::of).toList()))
                .isEqualTo(format);
    }

    @Test
    void refusesWhatHoldsMoreOrTellsNothing() {
        assertThatThrownBy(() -> TokenizerFileFormat.ofNames(List.of(Path.of("qwen.gguf"))))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("qwen.gguf is a whole model")
                .hasMessageContaining("import_model");
        assertThatThrownBy(() -> TokenizerFileFormat.ofNames(List.of(Path.of("tokenizer"))))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("give --format");
    }
}
