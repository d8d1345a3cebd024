package dev.gyre.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.cli.machine.CliException;
import dev.gyre.proto.tokenizer.v1.TokenizerFormat;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class TokenizerFileFormatTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "a/tokenizer.json, TOKENIZER_JSON",
        "spm.model, SENTENCEPIECE",
        "cl100k_base.tiktoken, TIKTOKEN",
        "SmolLM2-135M-Instruct.Q4_1.gguf, GGUF",
        "vocab.txt, WORDPIECE_VOCAB",
        "vocab.json merges.txt, VOCAB_AND_MERGES"
    })
    void namesTellTheFormat(String names, TokenizerFileFormat format) {
        assertThat(TokenizerFileFormat.ofNames(paths(names))).isEqualTo(format);
    }

    @Test
    void refusesNamesThatTellNothing() {
        assertThatThrownBy(() -> TokenizerFileFormat.ofNames(List.of(Path.of("tokenizer"))))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("give --format");
    }

    /// No key, a tensor, and what would be gigabytes.
    @Test
    void readsOfGgufOnlyWhatStandsBeforeTheTensors() throws IOException {
        byte[] front =
                ByteBuffer.allocate(24)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                        .putInt(3)
                        .putLong(1)
                        .putLong(0)
                        .array();
        Path file = Files.write(folder.resolve("big.gguf"), front);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(5L << 30);
        }

        assertThat(TokenizerFileFormat.GGUF.read(file)).isEqualTo(front);
    }

    @Test
    void saysWhyAFileIsNotRead() throws IOException {
        Path none = Files.writeString(folder.resolve("none.gguf"), "not a model");
        Path cut = Files.writeString(folder.resolve("cut.gguf"), "GGUF\u0003");

        assertThatThrownBy(() -> TokenizerFileFormat.GGUF.read(none))
                .isInstanceOf(CliException.class)
                .hasMessage(none + " cannot be read as GGUF: it does not begin with GGUF");
        assertThatThrownBy(() -> TokenizerFileFormat.GGUF.read(cut))
                .isInstanceOf(CliException.class)
                .hasMessage(
                        cut
                                + " cannot be read as GGUF: the file ends at byte 5, inside its header");
        assertThatThrownBy(() -> TokenizerFileFormat.GGUF.read(folder))
                .isInstanceOf(CliException.class)
                .hasMessage("there is no file " + folder);
    }

    @Test
    void offersToWriteAllButGguf() {
        assertThat(new TokenizerFileFormat.Written())
                .contains("TOKENIZER_JSON", "WORDPIECE_VOCAB")
                .doesNotContain("GGUF")
                .hasSize(TokenizerFileFormat.values().length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "a.tiktoken, '', nothing in a.tiktoken says how text is cut into pieces; give --pattern: gpt2",
        "v.json m.txt, '', nothing in v.json and m.txt says how text is cut into pieces; give --pattern",
        "a.json, --pattern gpt2, TOKENIZER_JSON has no use for --pattern; leave it out",
        "a.gguf, --special <s>=1, GGUF has no use for --special; leave it out",
        "a.gguf, --cased, GGUF has no use for --cased; leave it out"
    })
    void namesTheOptionThatIsMissingOrTooMuch(String names, String options, String reason) {
        assertThatThrownBy(() -> options(options).format(paths(names)))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "a.tiktoken, --pattern cl100k --special <s>=1, TOKENIZER_FORMAT_TIKTOKEN",
        "a.txt, --cased, TOKENIZER_FORMAT_WORDPIECE_VOCAB",
        "a.gguf, '', TOKENIZER_FORMAT_GGUF"
    })
    void takesTheOptionsOfAFormat(String names, String options, TokenizerFormat format) {
        ImportOptions given = options(options);

        assertThat(given.settings("name", given.format(paths(names))).getFormat())
                .isEqualTo(format);
    }

    private static List<Path> paths(String names) {
        return Stream.of(names.split(" ")).map(Path::of).toList();
    }

    private static ImportOptions options(String options) {
        return CommandLine.populateCommand(
                new ImportOptions(), options.isEmpty() ? new String[0] : options.split(" "));
    }
}
