package dev.gyre.tokenization.corpus;

import dev.gyre.access.FailureException;
import dev.gyre.artifacts.ArtifactStore;
import dev.gyre.artifacts.Sha256;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.artifacts.shards.CorpusVersion;
import dev.gyre.proto.corpus.v1.TextArtifact;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What of corpora is in the artifact store: `corpora/<project>/<corpus>/` with `texts/` by their
/// hash, `versions/<version>/`, and the name of the version sealed last.
final class CorpusStore {
    private static final String ROOT = "corpora";
    private static final String MARK = "corpus.json";
    private static final String LATEST = "latest";
    private static final int MAX_FILE_BYTES = 64 << 20;

    private final ArtifactStore artifacts;
    private final Set<CorpusName> known = ConcurrentHashMap.newKeySet();

    CorpusStore(ArtifactStore artifacts) {
        this.artifacts = artifacts;
    }

    private static String folder(CorpusName name) {
        return ROOT + "/" + name.project() + "/" + name.corpus();
    }

    /// Folder of a version.
    static String folder(CorpusName name, String version) {
        return versionsFolder(name) + "/" + version;
    }

    private static String versionsFolder(CorpusName name) {
        return CorpusVersion.versionsFolder(name.project(), name.corpus());
    }

    /// Notes that a corpus is there.
    void register(CorpusName name) throws IOException {
        if (known.add(name)) {
            artifacts.writeIfAbsent(
                    folder(name) + "/" + MARK, "{}\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Names of a project's corpora, sorted.
    List<String> corpora(String project) throws IOException {
        return artifacts.folders(ROOT + "/" + project);
    }

    /// Writes a text under its hash: a repeat writes the same file.
    TextArtifact putText(CorpusName name, byte[] text) throws IOException {
        String sha256 = Sha256.of(text);
        String path = folder(name) + "/texts/" + sha256.substring(0, 2) + "/" + sha256;
        if (!artifacts.exists(path)) {
            artifacts.write(path, text);
        }
        return TextArtifact.newBuilder().setPath(path).setSha256(sha256).build();
    }

    /// Reads a text of a corpus.
    ///
    /// @throws IllegalArgumentException when it is not there, is another corpus', or has another
    ///   hash
    String text(CorpusName name, TextArtifact artifact, int maxBytes) throws IOException {
        String path = artifact.getPath();
        if (!path.startsWith(folder(name) + "/texts/")) {
            throw new IllegalArgumentException(
                    "the text's path '%s' is not under %s/texts/".formatted(path, folder(name)));
        }
        byte[] bytes;
        try {
            if (artifacts.size(path) > maxBytes) {
                throw new IllegalArgumentException(
                        "the text at %s has %d bytes, the limit is %d; split it"
                                .formatted(path, artifacts.size(path), maxBytes));
            }
            bytes = read(path);
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException("there is no text at " + path, missing);
        }
        if (!Sha256.of(bytes).equals(artifact.getSha256())) {
            throw new IllegalArgumentException(
                    "the text at %s has SHA-256 %s, the event says '%s'"
                            .formatted(path, Sha256.of(bytes), artifact.getSha256()));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private byte[] read(String path) throws IOException {
        try (InputStream in = artifacts.read(path)) {
            return in.readNBytes(MAX_FILE_BYTES);
        }
    }

    /// Puts a version into the store, its manifest last. A version that is there has the same
    /// files.
    void publish(CorpusName name, String version, Path folder, List<String> files, byte[] manifest)
            throws IOException {
        String target = folder(name, version);
        if (!artifacts.exists(target + "/" + CorpusManifest.FILE_NAME)) {
            for (String file : files) {
                artifacts.upload(target + "/" + file, folder.resolve(file));
            }
            artifacts.writeIfAbsent(target + "/" + CorpusManifest.FILE_NAME, manifest);
        }
        artifacts.write(
                folder(name) + "/" + LATEST, (version + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Names of the versions of a corpus, sorted.
    List<String> versions(CorpusName name) throws IOException {
        List<String> versions = new ArrayList<>();
        for (String version : artifacts.folders(versionsFolder(name))) {
            if (artifacts.exists(folder(name, version) + "/" + CorpusManifest.FILE_NAME)) {
                versions.add(version);
            }
        }
        return versions;
    }

    /// The version sealed last, or null before the first.
    @Nullable CorpusManifest latest(CorpusName name) throws IOException {
        String path = folder(name) + "/" + LATEST;
        if (!artifacts.exists(path)) {
            return null;
        }
        return manifest(name, new String(read(path), StandardCharsets.UTF_8).strip());
    }

    /// The manifest of a version.
    ///
    /// @throws FailureException when there is none
    CorpusManifest manifest(CorpusName name, String version) throws IOException {
        return CorpusManifest.fromJson(file(name, version, CorpusManifest.FILE_NAME));
    }

    /// A file of a version.
    byte[] file(CorpusName name, String version, String file) throws IOException {
        if (!CorpusVersion.isVersion(version) || !versions(name).contains(version)) {
            throw FailureException.notFound(
                    "corpus %s has no version '%s'; 'gyre corpus list' shows its versions"
                            .formatted(name, version));
        }
        return read(folder(name, version) + "/" + file);
    }
}
