package dev.gyre.tokenization.corpus;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.gyre.proto.corpus.v1.BandMember;
import dev.gyre.proto.corpus.v1.DocumentState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/// All that the stream knows of one corpus, gathered from its changelogs, sorted, on disk: a corpus
/// may be larger than memory.
///
/// Keys: `d` and a document's id; `n` or `x`, a document's id, a zero byte, and the band (or hash)
/// in which a lower document is similar to it.
final class CorpusState implements AutoCloseable {
    private static final byte DOCUMENT = BandProcessor.DOCUMENT;

    private final byte[] prefix;
    private final Path folder;
    private final Options options = new Options();
    private final RocksDB entries;

    /// @param folder a place of its own, deleted at the end
    CorpusState(CorpusName corpus, Path folder) throws IOException {
        this.prefix = corpus.prefix();
        this.folder = Files.createDirectories(folder);
        RocksDB.loadLibrary();
        try {
            entries =
                    RocksDB.open(
                            options.setCreateIfMissing(true).setWriteBufferSize(8 << 20),
                            folder.toString());
        } catch (RocksDBException failure) {
            throw new IOException("cannot keep the state of " + corpus + " in " + folder, failure);
        }
    }

    /// A document that a lower one is similar to.
    record Duplicate(String of, double similarity) {}

    /// Takes a record of the documents' changelog.
    ///
    /// @return the document's state when it is of this corpus and there, else null
    @Nullable DocumentState takeDocument(byte[] key, byte @Nullable [] value) {
        if (!startsWith(key, 0, prefix)) {
            return null;
        }
        byte[] id = Arrays.copyOfRange(key, prefix.length, key.length);
        put(CorpusName.concat(new byte[] {DOCUMENT}, id), value);
        return value == null ? null : document(value);
    }

    /// Takes a record of the band index' changelog.
    void takeMember(byte[] key, byte @Nullable [] value) {
        byte kind = key[0];
        boolean isMember = kind == BandProcessor.NEAR || kind == BandProcessor.EXACT;
        if (!isMember || !startsWith(key, 1, prefix)) {
            return;
        }
        int band = 1 + prefix.length;
        int id = band + (kind == BandProcessor.NEAR ? Long.BYTES : BandProcessor.HASH_BYTES);
        byte[] mine =
                CorpusName.concat(
                        new byte[] {kind},
                        Arrays.copyOfRange(key, id, key.length),
                        new byte[1],
                        Arrays.copyOfRange(key, band, id));
        boolean duplicate = value != null && !member(value).getDuplicateOf().isEmpty();
        put(mine, duplicate ? value : null);
    }

    /// Told of each document in the order of ids.
    interface Visitor {
        /// @param exact lowest document with the same text
        /// @param near lowest similar document
        void visit(
                String id,
                DocumentState document,
                @Nullable Duplicate exact,
                @Nullable Duplicate near)
                throws IOException;
    }

    /// Goes through all documents.
    void forEach(Visitor visitor) throws IOException {
        try (RocksIterator at = entries.newIterator();
                RocksIterator duplicates = entries.newIterator()) {
            for (at.seek(new byte[] {DOCUMENT});
                    at.isValid() && at.key()[0] == DOCUMENT;
                    at.next()) {
                byte[] id = Arrays.copyOfRange(at.key(), 1, at.key().length);
                visitor.visit(
                        new String(id, StandardCharsets.UTF_8),
                        document(at.value()),
                        lowest(duplicates, BandProcessor.EXACT, id),
                        lowest(duplicates, BandProcessor.NEAR, id));
            }
            at.status();
        } catch (RocksDBException failure) {
            throw new IOException("cannot read the gathered state", failure);
        }
    }

    private static @Nullable Duplicate lowest(RocksIterator at, byte kind, byte[] id) {
        byte[] start = CorpusName.concat(new byte[] {kind}, id, new byte[1]);
        @Nullable Duplicate lowest = null;
        for (at.seek(start); at.isValid() && startsWith(at.key(), 0, start); at.next()) {
            BandMember member = member(at.value());
            if (lowest == null || compare(member.getDuplicateOf(), lowest.of()) < 0) {
                lowest = new Duplicate(member.getDuplicateOf(), member.getSimilarity());
            }
        }
        return lowest;
    }

    private static int compare(String a, String b) {
        return Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private void put(byte[] key, byte @Nullable [] value) {
        try {
            if (value == null) {
                entries.delete(key);
            } else {
                entries.put(key, value);
            }
        } catch (RocksDBException failure) {
            throw new IllegalStateException("cannot write to " + folder, failure);
        }
    }

    private static boolean startsWith(byte[] bytes, int from, byte[] start) {
        return bytes.length >= from + start.length
                && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
    }

    private static DocumentState document(byte[] value) {
        try {
            return DocumentState.parseFrom(value);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("the stream's state is damaged", damaged);
        }
    }

    private static BandMember member(byte[] value) {
        try {
            return BandMember.parseFrom(value);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("the stream's state is damaged", damaged);
        }
    }

    @Override
    public void close() throws IOException {
        entries.close();
        options.close();
        delete(folder);
    }

    /// Deletes a folder with all that is in it.
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
