package dev.gyre.model;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.GgufTokenizer;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// Turns somebody else's model into the files of a package: config.json, model.safetensors,
/// tokenizer.json, tokenizer_config.json, generation_config.json and `onnx/<variant>/`, all but the
/// manifest. Quantised weights become float32.
///
/// @param config shape of the model
/// @param name what the source calls itself, if it does
/// @param licence SPDX-like name of the licence, if the source states one
/// @param parity of every exported graph with the weights
public record ModelImport(
        ModelConfig config,
        @Nullable String name,
        @Nullable String licence,
        Map<OnnxVariant, OnnxParity> parity) {

    private static final int BUFFER_BYTES = 1 << 20;

    public ModelImport {
        parity = Map.copyOf(parity);
    }

    /// The parity of one variant.
    public OnnxParity parity(OnnxVariant variant) {
        return Objects.requireNonNull(parity.get(variant), "all variants are exported");
    }

    /// Imports `source` into `folder`, which must exist and should be empty.
    ///
    /// @param threads threads for ONNX Runtime's check
    /// @throws IllegalArgumentException if the source is malformed, is not what its hash says, or
    ///   uses something that is not supported; the message names it
    /// @throws IllegalStateException if an exported graph cannot be run
    public static ModelImport run(
            ImportSource source, Path folder, int threads, Progress progress) {
        return switch (source) {
            case ImportSource.Gguf(Path file, String sha256) -> {
                if (sha256 != null) {
                    checkHash(file, sha256, progress);
                }
                yield gguf(file, folder, threads, progress);
            }
            case ImportSource.Archive archive -> archive(archive, folder, threads, progress);
            case ImportSource.Folder(Path path) -> folder(path, folder, threads, progress);
        };
    }

    private static ModelImport archive(
            ImportSource.Archive archive, Path folder, int threads, Progress progress) {
        checkHash(archive.file(), archive.sha256(), progress);
        Path unpacked = folder.resolve("unpacked.gguf");
        try {
            unpack(archive, unpacked, progress);
            return gguf(unpacked, folder, threads, progress);
        } finally {
            delete(unpacked);
        }
    }

    private static ModelImport gguf(Path file, Path folder, int threads, Progress progress) {
        try (GgufFile gguf = GgufFile.open(file)) {
            ModelConfig config = gguf.config();
            Tokenizer tokenizer = GgufTokenizer.tokenizer(gguf.metadata());
            checkVocabulary(tokenizer, config);
            TokenizerFolder.save(tokenizer, folder);
            progress.report("weights", 0);
            new HuggingFaceFolder(folder)
                    .write(
                            config,
                            gguf.weights(),
                            GgufTokenizer.config(gguf.metadata()),
                            GenerationConfig.of(config));
            progress.report("weights", 1);
            return finish(
                    folder,
                    tokenizer,
                    gguf.metadata().string("general.name"),
                    gguf.metadata().string("general.license"),
                    threads,
                    progress);
        }
    }

    private static ModelImport folder(Path source, Path folder, int threads, Progress progress) {
        var from = new HuggingFaceFolder(source);
        Tokenizer tokenizer = from.tokenizer();
        ModelConfig config = from.config();
        checkVocabulary(tokenizer, config);
        try (Weights weights = from.weights()) {
            progress.report("weights", 0);
            Files.copy(
                    from.tokenizerFile(),
                    folder.resolve(from.tokenizerFile().getFileName()),
                    StandardCopyOption.REPLACE_EXISTING);
            new HuggingFaceFolder(folder)
                    .write(config, weights, from.tokenizerConfig(), from.generationConfig());
            progress.report("weights", 1);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot copy the tokenizer to " + folder, failure);
        }
        return finish(folder, tokenizer, null, null, threads, progress);
    }

    private static ModelImport finish(
            Path path,
            Tokenizer tokenizer,
            @Nullable String name,
            @Nullable String licence,
            int threads,
            Progress progress) {
        var folder = new HuggingFaceFolder(path);
        ModelConfig config = folder.config();
        int[] ids = PackageGraphs.parityIds(tokenizer, config);
        return new ModelImport(
                config, name, licence, PackageGraphs.write(folder, ids, threads, progress));
    }

    private static void checkVocabulary(Tokenizer tokenizer, ModelConfig config) {
        if (tokenizer.vocabularySize() > config.vocabularySize()) {
            throw new IllegalArgumentException(
                    "the tokenizer has %d tokens, the model's embedding only %d rows"
                            .formatted(tokenizer.vocabularySize(), config.vocabularySize()));
        }
    }

    private static void checkHash(Path file, String expected, Progress progress) {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file);
                OutputStream out =
                        new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            copy(in, out, Files.size(file), "sha256", progress);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
        String actual = HexFormat.of().formatHex(digest.digest());
        if (!actual.equals(expected.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "%s has sha256 %s, %s is expected; fetch it again"
                            .formatted(file, actual, expected));
        }
    }

    private static void unpack(ImportSource.Archive archive, Path target, Progress progress) {
        try (ZipFile zip = new ZipFile(archive.file().toFile())) {
            ZipEntry entry = zip.getEntry(archive.entry());
            if (entry == null || entry.getSize() < 0) {
                throw new IllegalArgumentException(
                        "%s has no entry %s".formatted(archive.file(), archive.entry()));
            }
            try (InputStream in = zip.getInputStream(entry);
                    OutputStream out =
                            Channels.newOutputStream(
                                    FileChannel.open(
                                            target,
                                            StandardOpenOption.CREATE,
                                            StandardOpenOption.TRUNCATE_EXISTING,
                                            StandardOpenOption.WRITE))) {
                copy(in, out, entry.getSize(), "unpack", progress);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "cannot unpack %s from %s".formatted(archive.entry(), archive.file()), failure);
        }
    }

    /// Copies exactly `size` bytes: an entry must be no longer than it says.
    private static void copy(
            InputStream in, OutputStream out, long size, String step, Progress progress)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long copied = 0;
        progress.report(step, 0);
        for (int read; (read = in.read(buffer)) >= 0; ) {
            copied += read;
            if (copied > size) {
                throw new IOException("there are more than the %d bytes stated".formatted(size));
            }
            out.write(buffer, 0, read);
            progress.report(step, (double) copied / size);
        }
        if (copied < size) {
            throw new IOException("there are %d bytes, %d are stated".formatted(copied, size));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot delete " + file, failure);
        }
    }
}
