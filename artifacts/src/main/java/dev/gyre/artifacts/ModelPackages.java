package dev.gyre.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/// Model packages in an artifact store, `models/<name>/<version>/`, and their verified local
/// copies.
///
/// The manifest is written last: a package without one does not exist. A version never changes.
///
/// ```
/// ModelPackages packages = new ModelPackages(ArtifactStore.open("artifacts"), Path.of("cache"));
/// packages.publish(folder, files -> new Manifest(…, files, …));
/// Path local = packages.fetch(new ModelVersion("smollm2", "1")); // every file checked against its hash
/// ```
public final class ModelPackages {
    /// Largest file of a package, in bytes: 64 GiB.
    private static final long MAX_FILE_BYTES = 64L << 30;

    /// Largest manifest, in bytes: 4 MiB.
    private static final int MAX_MANIFEST_BYTES = 4 << 20;

    private final ArtifactStore store;
    private final Path cache;

    /// @param cache folder of verified copies; made when it does not exist
    public ModelPackages(ArtifactStore store, Path cache) {
        this.store = store;
        this.cache = cache;
    }

    /// Makes a manifest out of the files' sizes and hashes.
    @FunctionalInterface
    public interface ManifestWriter {
        /// @param files every file of the folder, by path inside it
        Manifest manifest(Map<String, Manifest.PackageFile> files) throws IOException;
    }

    /// Copies a folder into the store as a package.
    ///
    /// @param folder the package's files without a manifest
    /// @return the manifest as stored
    /// @throws FileAlreadyExistsException when that version has been published with another
    ///   manifest
    public Manifest publish(Path folder, ManifestWriter writer) throws IOException {
        Map<String, Manifest.PackageFile> files = new TreeMap<>();
        for (Path file : filesIn(folder)) {
            String path = ArtifactStore.checkPath(folder.relativize(file).toString());
            files.put(path, new Manifest.PackageFile(Files.size(file), Sha256.of(file)));
        }
        Manifest manifest = writer.manifest(files);
        String target = manifest.modelVersion().folder();
        byte[] json = manifest.toJson();
        if (store.exists(target + "/" + Manifest.FILE_NAME)) {
            return sameOrRefuse(manifest, json);
        }
        for (String path : files.keySet()) {
            store.upload(target + "/" + path, folder.resolve(path));
        }
        if (!store.writeIfAbsent(target + "/" + Manifest.FILE_NAME, json)) {
            return sameOrRefuse(manifest, json);
        }
        return manifest;
    }

    private Manifest sameOrRefuse(Manifest manifest, byte[] json) throws IOException {
        ModelVersion version = manifest.modelVersion();
        if (!java.util.Arrays.equals(json, manifestBytes(version))) {
            throw new FileAlreadyExistsException(
                    version.folder(),
                    null,
                    "this version exists with another content; versions never change");
        }
        return manifest;
    }

    /// Versions in the store, sorted by name and version.
    public List<ModelVersion> list() throws IOException {
        List<ModelVersion> versions = new ArrayList<>();
        for (String name : store.folders("models")) {
            for (String version : store.folders("models/" + name)) {
                if (store.exists("models/" + name + "/" + version + "/" + Manifest.FILE_NAME)) {
                    versions.add(new ModelVersion(name, version));
                }
            }
        }
        return versions;
    }

    /// Whether a version is in the store.
    public boolean exists(ModelVersion version) throws IOException {
        return store.exists(version.folder() + "/" + Manifest.FILE_NAME);
    }

    /// The manifest of a version.
    ///
    /// @throws NoSuchFileException when the version does not exist
    /// @throws IllegalArgumentException when its manifest is malformed or names another version
    public Manifest manifest(ModelVersion version) throws IOException {
        Manifest manifest = Manifest.fromJson(manifestBytes(version));
        if (!manifest.modelVersion().equals(version)) {
            throw new IllegalArgumentException(
                    "the manifest of " + version + " says that it is " + manifest.modelVersion());
        }
        return manifest;
    }

    /// SHA-256 of a version's manifest.json: the hash of the whole package, since it holds all
    /// others.
    ///
    /// @throws NoSuchFileException when the version does not exist
    public String manifestSha256(ModelVersion version) throws IOException {
        return Sha256.of(manifestBytes(version));
    }

    private byte[] manifestBytes(ModelVersion version) throws IOException {
        String path = version.folder() + "/" + Manifest.FILE_NAME;
        if (!store.exists(path)) {
            throw new NoSuchFileException(version.toString(), null, "no such model version");
        }
        if (store.size(path) > MAX_MANIFEST_BYTES) {
            throw new IllegalArgumentException(
                    path
                            + " has "
                            + store.size(path)
                            + " bytes, the limit is "
                            + MAX_MANIFEST_BYTES);
        }
        try (InputStream in = store.read(path)) {
            return in.readAllBytes();
        }
    }

    /// A local folder with the version's files, each checked against the manifest when it was
    /// copied.
    ///
    /// @throws NoSuchFileException when the version does not exist
    /// @throws IllegalArgumentException when a file is missing, too large, or not what the manifest
    ///   says
    public Path fetch(ModelVersion version) throws IOException {
        Manifest manifest = manifest(version);
        // the manifest's hash is in the name: a copy of anything else is never taken for this one
        Path local =
                cache.resolve(version.name())
                        .resolve(
                                version.version() + "-" + manifestSha256(version).substring(0, 16));
        if (Files.isDirectory(local)) {
            return local;
        }
        Path unfinished = cache.resolve(".unfinished").resolve(UUID.randomUUID().toString());
        try {
            for (Map.Entry<String, Manifest.PackageFile> file : manifest.files().entrySet()) {
                copyVerified(version, file.getKey(), file.getValue(), unfinished);
            }
            Files.write(unfinished.resolve(Manifest.FILE_NAME), manifest.toJson());
            Files.createDirectories(cache.resolve(version.name()));
            Files.move(unfinished, local, StandardCopyOption.ATOMIC_MOVE);
        } catch (java.nio.file.DirectoryNotEmptyException
                | FileAlreadyExistsException fetchedMeanwhile) {
            deleteFolder(unfinished);
        } catch (IOException | RuntimeException failure) {
            deleteFolder(unfinished);
            throw failure;
        }
        return local;
    }

    private void copyVerified(
            ModelVersion version, String path, Manifest.PackageFile expected, Path folder)
            throws IOException {
        String source = version.folder() + "/" + ArtifactStore.checkPath(path);
        if (!store.exists(source)) {
            throw new IllegalArgumentException(
                    version + " lacks the file " + path + " that its manifest lists");
        }
        long size = store.size(source);
        if (size != expected.size() || size > MAX_FILE_BYTES) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s of %s has %d bytes, its manifest says %d, the limit is %d",
                            path, version, size, expected.size(), MAX_FILE_BYTES));
        }
        Path target = folder.resolve(path);
        Path parent = target.getParent();
        Files.createDirectories(parent == null ? folder : parent);
        try (InputStream in = store.read(source)) {
            Files.copy(in, target);
        }
        String actual = Sha256.of(target);
        if (!actual.equals(expected.sha256())) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s of %s has SHA-256 %s, its manifest says %s",
                            path, version, actual, expected.sha256()));
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> !file.equals(folder.resolve(Manifest.FILE_NAME)))
                    .sorted()
                    .toList();
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.sorted(Comparator.reverseOrder())
                    .forEach(
                            file -> {
                                try {
                                    Files.delete(file);
                                } catch (IOException failure) {
                                    throw new UncheckedIOException(failure);
                                }
                            });
        }
    }
}
