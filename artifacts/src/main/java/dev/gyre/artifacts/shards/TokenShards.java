package dev.gyre.artifacts.shards;

import dev.gyre.artifacts.Manifest.PackageFile;
import dev.gyre.artifacts.Sha256;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;

/// The tokens of a sealed corpus version, mapped into memory: the file cache holds them, not the
/// heap. Any number of threads may read at once, until it is closed.
public final class TokenShards implements AutoCloseable {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_MANIFEST_BYTES = 16 << 20;

    private final Arena arena = Arena.ofShared();
    private final CorpusManifest manifest;
    private final MemorySegment[] shards;
    private final MemorySegment index;

    private TokenShards(Path folder, CorpusManifest manifest) throws IOException {
        this.manifest = manifest;
        try {
            shards = new MemorySegment[manifest.shards()];
            for (int number = 0; number < shards.length; number++) {
                long tokens =
                        Math.min(
                                manifest.shardTokens(),
                                manifest.tokens() - number * manifest.shardTokens());
                shards[number] =
                        map(
                                folder,
                                TokenShardWriter.shardName(number),
                                tokens * manifest.tokenBytes());
            }
            index =
                    map(
                            folder,
                            TokenShardWriter.INDEX,
                            (manifest.keptDocuments() + 1) * TokenShardWriter.INDEX_RECORD_BYTES);
            checkIndex();
        } catch (IOException | RuntimeException failure) {
            arena.close();
            throw failure;
        }
    }

    /// Opens a version, after each of its files was held against the manifest.
    ///
    /// @param folder folder of the version
    /// @throws IllegalArgumentException when a file is missing or is not what the manifest says
    public static TokenShards open(Path folder) throws IOException {
        Path file = folder.resolve(CorpusManifest.FILE_NAME);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException(
                    folder + " is no corpus version: it has no " + CorpusManifest.FILE_NAME);
        }
        if (Files.size(file) > MAX_MANIFEST_BYTES) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, the limit is %d"
                            .formatted(file, Files.size(file), MAX_MANIFEST_BYTES));
        }
        CorpusManifest manifest = CorpusManifest.fromJson(Files.readAllBytes(file));
        for (Map.Entry<String, PackageFile> entry : manifest.files().entrySet()) {
            check(folder, entry.getKey(), entry.getValue());
        }
        return new TokenShards(folder, manifest);
    }

    private static void check(Path folder, String name, PackageFile expected) throws IOException {
        if (!name.matches("[a-z0-9][a-z0-9.-]*")) {
            throw new IllegalArgumentException("the manifest names the file '" + name + "'");
        }
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException(file + " is missing; copy the version again");
        }
        if (Files.size(file) != expected.size() || !Sha256.of(file).equals(expected.sha256())) {
            throw new IllegalArgumentException(
                    file + " is not what the manifest says; copy the version again");
        }
    }

    private MemorySegment map(Path folder, String name, long bytes) throws IOException {
        PackageFile file = manifest.files().get(name);
        if (file == null || file.size() != bytes) {
            throw new IllegalArgumentException(
                    "%s should have %d bytes by the manifest's counts, its files say %s"
                            .formatted(name, bytes, file == null ? "nothing" : file.size()));
        }
        try (FileChannel channel =
                FileChannel.open(folder.resolve(name), StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena);
        }
    }

    private void checkIndex() {
        long last = 0;
        for (long document = 0; document <= documents(); document++) {
            long start = start(document);
            if (start < last || start > tokens()) {
                throw new IllegalArgumentException(
                        "the index is damaged: document %d starts at %d"
                                .formatted(document, start));
            }
            last = start;
        }
        if (start(0) != 0 || last != tokens()) {
            throw new IllegalArgumentException(
                    "the index is damaged: it covers tokens %d to %d of %d"
                            .formatted(start(0), last, tokens()));
        }
    }

    /// What the version is.
    public CorpusManifest manifest() {
        return manifest;
    }

    /// Number of tokens.
    public long tokens() {
        return manifest.tokens();
    }

    /// Number of documents.
    public long documents() {
        return manifest.keptDocuments();
    }

    /// A token of the stream.
    ///
    /// @param position from 0 to [#tokens] less one
    public int token(long position) {
        Objects.checkIndex(position, tokens());
        MemorySegment shard = shards[(int) (position / manifest.shardTokens())];
        long at = position % manifest.shardTokens() * manifest.tokenBytes();
        return manifest.tokenBytes() == 2 ? shard.get(SHORT, at) & 0xFFFF : shard.get(INT, at);
    }

    /// A copy of a part of the stream, across shards where it must.
    public int[] tokens(long start, int count) {
        Objects.checkFromIndexSize(start, count, tokens());
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = token(start + i);
        }
        return ids;
    }

    /// Place of a document's first token; for [#documents] itself the number of tokens.
    public long start(long document) {
        Objects.checkIndex(document, documents() + 1);
        return index.get(LONG, document * TokenShardWriter.INDEX_RECORD_BYTES);
    }

    /// The tokens of a document, its separator included.
    public int[] document(long document) {
        Objects.checkIndex(document, documents());
        long start = start(document);
        return tokens(start, Math.toIntExact(start(document + 1) - start));
    }

    /// The start of the hash of a document's id, [TokenShardWriter#idHash].
    public long idHash(long document) {
        Objects.checkIndex(document, documents());
        return index.get(LONG, document * TokenShardWriter.INDEX_RECORD_BYTES + Long.BYTES);
    }

    @Override
    public void close() {
        arena.close();
    }
}
