package dev.gyre.tokenization.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gyre.proto.corpus.v1.BandMember;
import dev.gyre.proto.corpus.v1.DocumentBands;
import dev.gyre.tokenization.corpus.text.CorpusRules;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BandProcessorTest {
    private static final CorpusName CORPUS = new CorpusName("default", "text");
    private static final Cleaning CLEANING = new Cleaning(CorpusRules.DEFAULT);
    private static final long BAND = 77;
    private static final int HASHES = 128;

    private final KeyValueStore<Bytes, byte[]> store = Stores.inMemoryKeyValueStore("bands").get();
    private final BandProcessor processor = new BandProcessor(CLEANING);
    private long offset;

    /// Entries of the store that were read or written.
    private long work;

    @BeforeEach
    @SuppressWarnings("unchecked")
    void open() {
        KeyValueStore<Bytes, byte[]> counting = counted(KeyValueStore.class, store);
        processor.init(
                (ProcessorContext<Void, Void>)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {ProcessorContext.class},
                                (_, _, _) -> counting));
    }

    @SuppressWarnings("unchecked")
    private <T> T counted(Class<T> type, Object real) {
        return (T)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            work += method.getName().equals("hasNext") ? 0 : 1;
                            try {
                                Object result = method.invoke(real, arguments);
                                return result instanceof KeyValueIterator<?, ?> entries
                                        ? counted(KeyValueIterator.class, entries)
                                        : result;
                            } catch (InvocationTargetException failure) {
                                throw failure.getCause();
                            }
                        });
    }

    @Test
    void keepsForEachMemberTheLowestSimilarOneWhateverComesAndGoes() {
        Random random = new Random(5);
        Map<String, int[]> documents = new TreeMap<>();
        for (int step = 0; step < 1_000; step++) {
            String id = "doc-" + random.nextInt(40);
            if (random.nextInt(3) == 0) {
                documents.remove(id);
                take(id, null);
            } else {
                int[] signature = signature(random.nextInt(3), random.nextInt(40));
                documents.put(id, signature);
                take(id, signature);
            }
            if (step % 20 == 0) {
                assertThat(kept()).isEqualTo(expected(documents));
            }
        }
    }

    @Test
    void theCopiesOfATextDoNotMakeEachOtherSlower() {
        int[] signature = signature(0, 0);
        take("doc-0000", signature);
        work = 0;
        take("doc-0001", signature);
        long first = work;
        for (int number = 2; number < 500; number++) {
            take("doc-%04d".formatted(number), signature);
        }
        work = 0;
        take("doc-9999", signature);

        assertThat(work).isLessThanOrEqualTo(first + 2);
        assertThat(kept().values()).filteredOn("doc-0000"::equals).hasSize(500);
    }

    /// Signatures of one family are similar, the more so the closer their variants.
    private static int[] signature(int family, int variant) {
        int[] signature = new int[HASHES];
        Arrays.fill(signature, family);
        Arrays.fill(signature, 0, variant, 1_000 + variant);
        return signature;
    }

    private void take(String id, int[] signature) {
        DocumentBands.Builder bands = DocumentBands.newBuilder().setOffset(++offset);
        if (signature != null) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(HASHES * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(signature);
            bands.setSignature(ByteString.copyFrom(bytes)).addBands(BAND);
        }
        byte[] key = CorpusName.concat(new byte[1], CORPUS.key(id));
        processor.process(new Record<>(key, bands.build().toByteArray(), 0));
    }

    /// The lowest similar document by id, as the store has it.
    private Map<String, String> kept() {
        byte[] prefix =
                CorpusName.concat(
                        new byte[] {BandProcessor.NEAR},
                        CORPUS.prefix(),
                        ByteBuffer.allocate(Long.BYTES).putLong(BAND).array());
        Map<String, String> kept = new TreeMap<>();
        try (KeyValueIterator<Bytes, byte[]> entries =
                store.range(Bytes.wrap(prefix), Bytes.increment(Bytes.wrap(prefix)))) {
            entries.forEachRemaining(
                    entry -> {
                        byte[] key = entry.key.get();
                        String id =
                                new String(
                                        key,
                                        prefix.length,
                                        key.length - prefix.length,
                                        StandardCharsets.UTF_8);
                        kept.put(id, member(entry.value).getDuplicateOf());
                    });
        }
        return kept;
    }

    private static BandMember member(byte[] value) {
        try {
            return BandMember.parseFrom(value);
        } catch (IOException damaged) {
            throw new AssertionError(damaged);
        }
    }

    private static Map<String, String> expected(Map<String, int[]> documents) {
        Map<String, String> expected = new TreeMap<>();
        List<String> lower = new ArrayList<>();
        documents.forEach(
                (id, signature) -> {
                    expected.put(
                            id,
                            lower.stream()
                                    .filter(
                                            other ->
                                                    CLEANING.isSimilar(
                                                            documents.get(other), signature))
                                    .findFirst()
                                    .orElse(""));
                    lower.add(id);
                });
        return expected;
    }
}
