package dev.gyre.training.text;

import dev.gyre.artifacts.Manifest.PackageFile;
import dev.gyre.artifacts.Sha256;
import dev.gyre.artifacts.shards.CorpusManifest;
import dev.gyre.artifacts.shards.CorpusVersion;
import dev.gyre.artifacts.shards.TokenShardWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Sealed corpora for the tests, as tokenizer-service writes them.
///
/// @param project that owns it
/// @param name of the corpus
/// @param tokenizer `name@version`
/// @param tokenizerSha256 hash of its file
/// @param vocabularySize its ids
/// @param separatorId id behind each document, -1: none
public record TestCorpus(
        String project,
        String name,
        String tokenizer,
        String tokenizerSha256,
        int vocabularySize,
        int separatorId) {
    private static final long SHARD_TOKENS = 97;

    /// A corpus whose separator is 0 and whose tokenizer does not matter.
    public static TestCorpus ofIds(int vocabularySize) {
        return new TestCorpus("default", "words", "none@1", "", vocabularySize, 0);
    }

    public TestCorpus withProject(String other) {
        return new TestCorpus(other, name, tokenizer, tokenizerSha256, vocabularySize, separatorId);
    }

    public TestCorpus withTokenizer(String other, String sha256, int size) {
        return new TestCorpus(project, name, other, sha256, size, separatorId);
    }

    public TestCorpus withSeparator(int id) {
        return new TestCorpus(project, name, tokenizer, tokenizerSha256, vocabularySize, id);
    }

    /// Writes a version.
    ///
    /// @param store folder of the artifact store
    /// @param documents ids by document id, without separators
    public CorpusManifest seal(Path store, SortedMap<String, int[]> documents) throws IOException {
        Path made = Files.createTempDirectory(store, "version");
        int tokenBytes = TokenShardWriter.tokenBytes(vocabularySize);
        try (TokenShardWriter writer = new TokenShardWriter(made, tokenBytes, SHARD_TOKENS)) {
            for (Map.Entry<String, int[]> document : documents.entrySet()) {
                writer.add(document.getKey(), closed(document.getValue()));
            }
            writer.finish();
            CorpusManifest manifest = manifest(writer, tokenBytes);
            Path version = folder(store, manifest);
            Files.createDirectories(version.getParent());
            Files.write(made.resolve(CorpusManifest.FILE_NAME), manifest.toJson());
            Files.move(made, version);
            return manifest;
        }
    }

    /// Folder of a version.
    public static Path folder(Path store, CorpusManifest manifest) {
        return store.resolve(
                new CorpusVersion(manifest.project(), manifest.corpus(), manifest.version())
                        .folder());
    }

    private int[] closed(int[] ids) {
        if (separatorId < 0) {
            return ids;
        }
        int[] closed = Arrays.copyOf(ids, ids.length + 1);
        closed[ids.length] = separatorId;
        return closed;
    }

    private CorpusManifest manifest(TokenShardWriter writer, int tokenBytes) throws IOException {
        Map<String, PackageFile> files = new TreeMap<>();
        for (Path file : writer.files()) {
            files.put(
                    file.getFileName().toString(),
                    new PackageFile(Files.size(file), Sha256.of(file)));
        }
        return new CorpusManifest(
                        CorpusManifest.SCHEMA_VERSION,
                        project,
                        name,
                        "",
                        tokenizer,
                        tokenizerSha256,
                        vocabularySize,
                        separatorId < 0 ? null : "<|endoftext|>",
                        separatorId,
                        tokenBytes,
                        SHARD_TOKENS,
                        writer.tokens(),
                        writer.documents(),
                        writer.documents(),
                        writer.documentIdsSha256(),
                        0,
                        0,
                        Map.of(),
                        "",
                        Map.of(),
                        Map.of(),
                        files)
                .named();
    }
}
