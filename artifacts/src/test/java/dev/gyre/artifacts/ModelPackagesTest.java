package dev.gyre.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPackagesTest {
    private static final ModelVersion VERSION = new ModelVersion("tiny", "job-1");

    @TempDir Path folder;
    private ArtifactStore store;
    private ModelPackages packages;
    private Path source;

    @BeforeEach
    void openStore() throws IOException {
        store = ArtifactStore.open(folder.resolve("store").toString());
        packages = new ModelPackages(store, folder.resolve("cache"));
        source = folder.resolve("source");
        Files.createDirectories(source.resolve("onnx/fp32"));
        Files.writeString(source.resolve("config.json"), "{}");
        Files.writeString(source.resolve("onnx/fp32/model.onnx"), "graph");
    }

    @Test
    void fetchesWhatWasPublished() throws IOException {
        Manifest published = packages.publish(source, files -> manifest(files, 1.5));

        Path local = packages.fetch(VERSION);

        assertThat(packages.list()).containsExactly(VERSION);
        assertThat(packages.manifest(VERSION)).isEqualTo(published);
        assertThat(published.onnxVariants()).containsExactly("fp32");
        assertThat(local.resolve("onnx/fp32/model.onnx")).hasContent("graph");
        assertThat(packages.fetch(VERSION)).isEqualTo(local);
    }

    @Test
    void doesNotSeeAPackageWithoutManifest() throws IOException {
        store.write("models/tiny/job-1/config.json", "{}".getBytes(StandardCharsets.UTF_8));

        assertThat(packages.list()).isEmpty();
        assertThatThrownBy(() -> packages.fetch(VERSION)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void publishesTheSameVersionTwiceOnlyWithTheSameContent() throws IOException {
        packages.publish(source, files -> manifest(files, 1.5));

        packages.publish(source, files -> manifest(files, 1.5));

        assertThatThrownBy(() -> packages.publish(source, files -> manifest(files, 1.6)))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("never change");
    }

    @Test
    void refusesAFileThatWasChanged() throws IOException {
        packages.publish(source, files -> manifest(files, 1.5));
        store.write("models/tiny/job-1/config.json", "[]".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> packages.fetch(VERSION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("config.json of tiny@job-1 has SHA-256");
    }

    @Test
    void refusesAManifestThatNamesAFileOutside() throws IOException {
        Manifest evil =
                manifest(Map.of("../../../secret", new Manifest.PackageFile(1, "0".repeat(64))), 0);
        store.write("models/tiny/job-1/manifest.json", evil.toJson());

        assertThatThrownBy(() -> packages.fetch(VERSION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("segment '..'");
    }

    @Test
    void refusesAnUnknownSchema() throws IOException {
        store.write(
                "models/tiny/job-1/manifest.json",
                "{\"schema_version\":7}".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> packages.manifest(VERSION))
                .hasMessageContaining("schema version 7");
    }

    private static Manifest manifest(Map<String, Manifest.PackageFile> files, double loss) {
        return new Manifest(
                Manifest.SCHEMA_VERSION,
                VERSION.name(),
                VERSION.version(),
                null,
                files,
                "LlamaForCausalLM",
                "float32",
                "0".repeat(64),
                21,
                "1.20",
                null,
                "job",
                Map.of("eval_loss", loss),
                Map.of("fp32", 1e-5),
                "Apache-2.0");
    }
}
