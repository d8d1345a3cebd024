package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.training.TokenizerTraining;
import dev.gyre.tokenizer.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelImportTest {
    private static final Progress QUIET = (step, done) -> {};

    @TempDir Path temporary;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("package"));
    }

    @Test
    void ggufBecomesAPackageWithGraphsThatAgree() throws IOException {
        var steps = new ArrayList<String>();
        var source = new ImportSource.Gguf(Golden.path("tiny.gguf"), null);

        ModelImport imported =
                ModelImport.run(
                        source,
                        folder,
                        1,
                        (step, done) -> {
                            assertThat(done).isBetween(0.0, 1.0);
                            if (done == 1) {
                                steps.add(step);
                            }
                        });

        assertThat(steps).containsExactly("weights", "reference", "onnx/fp32", "onnx/int8");
        assertThat(imported.licence()).isEqualTo("apache-2.0");
        OnnxParity exact = imported.parity(OnnxVariant.FP32);
        assertThat(exact.maxLogProbabilityDifference()).isLessThan(1e-4);
        assertThat(exact.sameAtClearPositions()).isEqualTo(exact.clearPositions());
        assertThat(imported.parity(OnnxVariant.INT8).meanDivergence()).isBetween(1e-9, 0.02);
        assertThat(files())
                .containsExactly(
                        "config.json",
                        "generation_config.json",
                        "model.safetensors",
                        "onnx/fp32/model.onnx",
                        "onnx/fp32/model.onnx.data",
                        "onnx/int8/model.onnx",
                        "onnx/int8/model.onnx.data",
                        "tokenizer.json",
                        "tokenizer_config.json");
        var written = new HuggingFaceFolder(folder);
        assertThat(written.config()).isEqualTo(imported.config());
        assertThat(written.tokenizerConfig())
                .isEqualTo(
                        new TokenizerConfig(
                                "<s>",
                                "</s>",
                                "<pad>",
                                null,
                                "{% for m in messages %}{{ m.content }}</s>{% endfor %}",
                                true,
                                false));
        Tokenizer tokenizer = written.tokenizer();
        assertThat(tokenizer.decode(tokenizer.encode("this and that"))).isEqualTo("this and that");
        assertThat(tokenizer.encode("th")).containsExactly(95);
    }

    @Test
    void folderBecomesThePackageThatItsGgufWouldBe() throws IOException {
        ModelImport.run(new ImportSource.Gguf(Golden.path("tiny.gguf"), null), folder, 1, QUIET);
        Path second = Files.createDirectory(temporary.resolve("second"));

        ModelImport.run(new ImportSource.Folder(folder), second, 1, QUIET);

        for (String file : files()) {
            assertThat(second.resolve(file)).hasSameBinaryContentAs(folder.resolve(file));
        }
    }

    @Test
    void keepsSentencePiecesOwnFile() throws IOException {
        ModelImport.run(new ImportSource.Gguf(Golden.path("tiny.gguf"), null), folder, 1, QUIET);
        Files.delete(folder.resolve("tokenizer.json"));
        Files.delete(folder.resolve("tokenizer_config.json"));
        Tokenizer pieces = trainUnigram();
        TokenizerFolder.save(pieces, folder);
        Path second = Files.createDirectory(temporary.resolve("second"));

        ModelImport.run(new ImportSource.Folder(folder), second, 1, QUIET);

        assertThat(second.resolve("tokenizer.model"))
                .hasSameBinaryContentAs(folder.resolve("tokenizer.model"));
        assertThat(second.resolve("tokenizer.json")).doesNotExist();
        assertThat(new HuggingFaceFolder(second).tokenizer().encode("this and that"))
                .isEqualTo(pieces.encode("this and that"));
        Files.delete(second.resolve("tokenizer.model"));
        assertThatThrownBy(() -> new HuggingFaceFolder(second).tokenizer())
                .hasMessage(second + " has neither tokenizer.json nor tokenizer.model");
    }

    private static Tokenizer trainUnigram() {
        try (TokenizerTraining training =
                new TokenizerTraining(new TrainingSettings.Unigram(40, List.of("<unk>")))) {
            training.add("this and that, that and this and the other thing\n");
            return training.train().tokenizer();
        }
    }

    @Test
    void archiveIsUnpackedAndLeavesNothingBehind() throws Exception {
        Path zip = zip("model/tiny.gguf");
        String sha256 =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256")
                                        .digest(Files.readAllBytes(zip)));

        ModelImport.run(new ImportSource.Archive(zip, "model/tiny.gguf", sha256), folder, 1, QUIET);

        assertThat(files()).hasSize(9).doesNotContain("unpacked.gguf");
        assertThatThrownBy(
                        () ->
                                ModelImport.run(
                                        new ImportSource.Archive(zip, "other.gguf", sha256),
                                        folder,
                                        1,
                                        QUIET))
                .hasMessage(zip + " has no entry other.gguf");
    }

    @Test
    void refusesAFileThatIsNotTheOneWanted() {
        var source = new ImportSource.Gguf(Golden.path("tiny.gguf"), "00".repeat(32));

        assertThatThrownBy(() -> ModelImport.run(source, folder, 1, QUIET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is expected; fetch it again");
        assertThat(folder).isEmptyDirectory();
    }

    private Path zip(String entry) throws IOException {
        Path zip = temporary.resolve("model.whl");
        try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry(entry));
            Files.copy(Golden.path("tiny.gguf"), out);
        }
        return zip;
    }

    private List<String> files() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
