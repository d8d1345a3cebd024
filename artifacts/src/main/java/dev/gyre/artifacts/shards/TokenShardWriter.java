package dev.gyre.artifacts.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes documents as one stream of token ids, cut into files of equal length, and their index.
///
/// A shard is nothing but ids, each of two or four bytes, little-endian. The index has a record of
/// [#INDEX_RECORD_BYTES] for each document and one behind the last: the place of its first token in
/// the stream, then the first eight bytes of the SHA-256 of its id (zero in the last record).
public final class TokenShardWriter implements AutoCloseable {
    /// Bytes of a record of the index.
    public static final int INDEX_RECORD_BYTES = 16;

    /// Name of the index.
    public static final String INDEX = "index.bin";

    /// Ids that two bytes can hold.
    private static final int SMALL_VOCABULARY = 1 << 16;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path folder;
    private final int tokenBytes;
    private final long shardTokens;
    private final ByteBuffer buffer = littleEndian();
    private final ByteBuffer indexBuffer = littleEndian();
    private final FileChannel index;
    private final List<Path> files = new ArrayList<>();
    private final MessageDigest ids = sha256();
    private @Nullable FileChannel shard;
    private long tokens;
    private long documents;

    /// @param folder an empty folder
    /// @param tokenBytes see [#tokenBytes]
    /// @param shardTokens tokens in every shard but the last
    public TokenShardWriter(Path folder, int tokenBytes, long shardTokens) throws IOException {
        this.folder = folder;
        this.tokenBytes = tokenBytes;
        this.shardTokens = shardTokens;
        this.index = create(folder.resolve(INDEX));
    }

    /// Bytes of an id of a vocabulary: two where that is enough, else four.
    public static int tokenBytes(int vocabularySize) {
        return vocabularySize <= SMALL_VOCABULARY ? 2 : 4;
    }

    /// Name of a shard's file.
    ///
    /// @param number from 0
    public static String shardName(int number) {
        return String.format(Locale.ROOT, "shard-%05d.bin", number);
    }

    /// The first eight bytes of the SHA-256 of a document's id, as the index has them.
    public static long idHash(String documentId) {
        return ByteBuffer.wrap(sha256().digest(documentId.getBytes(StandardCharsets.UTF_8)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    /// Writes the next document.
    public void add(String documentId, int[] tokenIds) throws IOException {
        ids.update(documentId.getBytes(StandardCharsets.UTF_8));
        ids.update((byte) '\n');
        record(tokens, idHash(documentId));
        documents++;
        for (int id : tokenIds) {
            if (tokens % shardTokens == 0) {
                nextShard();
            }
            if (buffer.remaining() < tokenBytes) {
                flush();
            }
            if (tokenBytes == 2) {
                buffer.putShort((short) id);
            } else {
                buffer.putInt(id);
            }
            tokens++;
        }
    }

    private void record(long start, long hash) throws IOException {
        if (indexBuffer.remaining() < INDEX_RECORD_BYTES) {
            drain(indexBuffer, index);
        }
        indexBuffer.putLong(start).putLong(hash);
    }

    private void nextShard() throws IOException {
        endShard();
        shard = create(folder.resolve(shardName(Math.toIntExact(tokens / shardTokens))));
    }

    private void endShard() throws IOException {
        if (shard != null) {
            flush();
            shard.close();
            shard = null;
        }
    }

    private void flush() throws IOException {
        if (shard != null) {
            drain(buffer, shard);
        }
    }

    private FileChannel create(Path file) throws IOException {
        files.add(file);
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /// Ends the last shard and the index.
    public void finish() throws IOException {
        record(tokens, 0);
        drain(indexBuffer, index);
        index.close();
        endShard();
    }

    /// The files written: the index, then the shards.
    public List<Path> files() {
        return List.copyOf(files);
    }

    /// Tokens written.
    public long tokens() {
        return tokens;
    }

    /// Documents written.
    public long documents() {
        return documents;
    }

    /// SHA-256 of the ids so far, each with a line feed behind it; to be asked for once, at the
    /// end.
    public String documentIdsSha256() {
        return HexFormat.of().formatHex(ids.digest());
    }

    /// Closes the files, whole or not.
    @Override
    public void close() throws IOException {
        index.close();
        if (shard != null) {
            shard.close();
        }
    }

    private static ByteBuffer littleEndian() {
        return ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
