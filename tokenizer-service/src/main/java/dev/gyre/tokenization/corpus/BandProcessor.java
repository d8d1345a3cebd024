package dev.gyre.tokenization.corpus;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.gyre.proto.corpus.v1.BandMember;
import dev.gyre.proto.corpus.v1.DocumentBands;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Keeps, for each member of a band, the lowest id below it that is similar to it. That is a
/// function of the band's members alone, whatever the order in which they came and went.
///
/// Keys of the store: [#DOCUMENT] and a document's key, with its [DocumentBands]; [#NEAR] (or
/// [#EXACT]), the corpus' prefix, a band (or text hash) and a document's id, with its [BandMember];
/// [#BY_LOWER] before the key of a band, then the lower id and the member's, with nothing: so that
/// a document is compared only with those that it may come before, though a band may have as many
/// members as a text has copies.
final class BandProcessor implements Processor<byte[], byte[], Void, Void> {
    static final byte DOCUMENT = 'd';
    static final byte NEAR = 'n';
    static final byte EXACT = 'x';
    private static final byte BY_LOWER = 'l';

    /// In place of the lower id where there is none: behind all ids, which are UTF-8.
    private static final byte[] NO_LOWER = {(byte) 0xFF};

    /// Follows the lower id; no id has it.
    private static final byte END = 0;

    /// Bytes of a text hash.
    static final int HASH_BYTES = 32;

    private final Cleaning cleaning;
    private @Nullable KeyValueStore<Bytes, byte[]> store;

    BandProcessor(Cleaning cleaning) {
        this.cleaning = cleaning;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        store = context.getStateStore(CorpusTopology.BANDS);
    }

    private KeyValueStore<Bytes, byte[]> store() {
        return CorpusTopology.initialised(store);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        byte[] documentKey = Arrays.copyOfRange(record.key(), 1, record.key().length);
        int prefixLength = CorpusName.prefixLength(documentKey, 0);
        byte[] prefix = Arrays.copyOf(documentKey, prefixLength);
        byte[] id = Arrays.copyOfRange(documentKey, prefixLength, documentKey.length);
        Bytes place = key(DOCUMENT, prefix, id);
        DocumentBands now = bands(record.value());
        byte[] stored = store().get(place);
        if (stored != null) {
            DocumentBands before = bands(stored);
            if (before.getOffset() >= now.getOffset()) {
                return;
            }
            store().delete(place);
            for (Band band : bands(prefix, before)) {
                leave(band, id);
            }
        }
        List<Band> joined = bands(prefix, now);
        if (!joined.isEmpty()) {
            store().put(place, record.value());
        }
        for (Band band : joined) {
            join(band, id, signature(now.getSignature()));
        }
    }

    /// A band, or the copies of one text.
    ///
    /// @param prefix the corpus' prefix
    /// @param key what the keys of its members begin with
    private record Band(byte kind, byte[] prefix, byte[] key) {
        Bytes member(byte[] id) {
            return Bytes.wrap(CorpusName.concat(key, id));
        }

        byte[] idOf(Bytes member) {
            return Arrays.copyOfRange(member.get(), key.length, member.get().length);
        }
    }

    private static List<Band> bands(byte[] prefix, DocumentBands document) {
        List<Band> bands = new ArrayList<>();
        for (long band : document.getBandsList()) {
            byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(band).array();
            bands.add(new Band(NEAR, prefix, key(NEAR, prefix, bytes).get()));
        }
        if (!document.getTextHash().isEmpty()) {
            byte[] hash = document.getTextHash().toByteArray();
            bands.add(new Band(EXACT, prefix, key(EXACT, prefix, hash).get()));
        }
        return bands;
    }

    private static Bytes key(byte kind, byte[] prefix, byte[] rest) {
        return Bytes.wrap(CorpusName.concat(new byte[] {kind}, prefix, rest));
    }

    private void leave(Band band, byte[] id) {
        Bytes mine = band.member(id);
        byte[] stored = store().get(mine);
        if (stored != null) {
            store().delete(byLower(band, member(stored), id));
            store().delete(mine);
        }
        for (Member other : members(band, CorpusName.concat(id, new byte[] {END}), after(id))) {
            int[] signature = band.kind() == NEAR ? signatureOf(band, other.id()) : new int[0];
            replace(band, other, lowestBelow(band, other.id(), signature));
        }
    }

    private void join(Band band, byte[] id, int[] signature) {
        put(band, id, lowestBelow(band, id, signature));
        // those whose lower id is above this one, or that have none
        for (Member other : members(band, after(id), after(NO_LOWER))) {
            if (Arrays.compareUnsigned(other.id(), id) > 0) {
                double similarity = similarity(band, other.id(), signature);
                if (similarity >= 0) {
                    replace(band, other, member(id, similarity));
                }
            }
        }
    }

    /// A member of a band.
    ///
    /// @param entry its key that begins with [#BY_LOWER]
    private record Member(byte[] id, Bytes entry) {}

    /// The members whose lower id, with what follows it, is from `start` to before `end`.
    private List<Member> members(Band band, byte[] start, byte[] end) {
        byte[] all = CorpusName.concat(new byte[] {BY_LOWER}, band.key());
        Bytes from = Bytes.wrap(CorpusName.concat(all, start));
        Bytes to = Bytes.wrap(CorpusName.concat(all, end));
        List<Member> members = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> entries = store().range(from, to)) {
            while (entries.hasNext()) {
                Bytes entry = entries.next().key;
                byte[] bytes = entry.get();
                int id = all.length;
                while (bytes[id++] != END) {
                    // the lower id
                }
                members.add(new Member(Arrays.copyOfRange(bytes, id, bytes.length), entry));
            }
        }
        return members;
    }

    /// Behind all entries with this lower id, before those with the next. No entry itself: an id
    /// has no control character.
    private static byte[] after(byte[] lower) {
        return CorpusName.concat(lower, new byte[] {END + 1});
    }

    private static Bytes byLower(Band band, BandMember member, byte[] id) {
        byte[] lower =
                member.getDuplicateOf().isEmpty()
                        ? NO_LOWER
                        : member.getDuplicateOf().getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(
                CorpusName.concat(new byte[] {BY_LOWER}, band.key(), lower, new byte[] {END}, id));
    }

    private static boolean isOf(Band band, Bytes key) {
        byte[] bytes = key.get();
        return bytes.length > band.key().length
                && Arrays.equals(bytes, 0, band.key().length, band.key(), 0, band.key().length);
    }

    private BandMember lowestBelow(Band band, byte[] id, int[] signature) {
        Bytes end = band.member(id);
        try (KeyValueIterator<Bytes, byte[]> below = store().range(Bytes.wrap(band.key()), end)) {
            while (below.hasNext()) {
                Bytes key = below.next().key;
                if (!key.equals(end) && isOf(band, key)) {
                    byte[] other = band.idOf(key);
                    double similarity = similarity(band, other, signature);
                    if (similarity >= 0) {
                        return member(other, similarity);
                    }
                }
            }
        }
        return BandMember.getDefaultInstance();
    }

    /// How similar a member is to a signature; -1 when it is below the threshold.
    private double similarity(Band band, byte[] id, int[] signature) {
        if (band.kind() == EXACT) {
            return 1;
        }
        int[] other = signatureOf(band, id);
        return cleaning.isSimilar(signature, other)
                ? cleaning.minHash().estimatedJaccard(signature, other)
                : -1;
    }

    private int[] signatureOf(Band band, byte[] id) {
        byte[] stored = store().get(key(DOCUMENT, band.prefix(), id));
        return stored == null ? new int[0] : signature(bands(stored).getSignature());
    }

    private void replace(Band band, Member member, BandMember now) {
        store().delete(member.entry());
        put(band, member.id(), now);
    }

    private void put(Band band, byte[] id, BandMember member) {
        store().put(band.member(id), member.toByteArray());
        store().put(byLower(band, member, id), new byte[0]);
    }

    private static BandMember member(byte[] duplicateOf, double similarity) {
        return BandMember.newBuilder()
                .setDuplicateOf(new String(duplicateOf, StandardCharsets.UTF_8))
                .setSimilarity(similarity)
                .build();
    }

    private static BandMember member(byte[] value) {
        try {
            return BandMember.parseFrom(value);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("the stream's state is damaged", damaged);
        }
    }

    private static DocumentBands bands(byte[] value) {
        try {
            return DocumentBands.parseFrom(value);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("the stream's state is damaged", damaged);
        }
    }

    private static int[] signature(ByteString bytes) {
        int[] signature = new int[bytes.size() / Integer.BYTES];
        bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(signature);
        return signature;
    }
}
