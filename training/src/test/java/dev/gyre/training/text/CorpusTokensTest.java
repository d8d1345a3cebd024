package dev.gyre.training.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.artifacts.shards.TokenShardWriter;
import dev.gyre.artifacts.shards.TokenShards;
import dev.gyre.training.engine.Torch;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CorpusTokensTest {
    private static final BigInteger HUNDREDTH =
            BigInteger.TWO.pow(64).subtract(BigInteger.ONE).divide(BigInteger.valueOf(100));

    @TempDir Path store;

    @BeforeAll
    static void start() {
        Torch.start(1);
    }

    /// Shards of 97 tokens, so that windows lie across them; a vocabulary of each width of ids.
    @ParameterizedTest
    @ValueSource(ints = {60_000, 70_000})
    void batchesAreThoseOfTheSameIdsInMemory(int vocabularySize) throws IOException {
        SortedMap<String, int[]> documents = documents(800, vocabularySize);
        Set<String> heldOut = Set.copyOf(heldOut(documents));
        List<int[]> trained =
                documents.entrySet().stream()
                        .filter(document -> !heldOut.contains(document.getKey()))
                        .map(Map.Entry::getValue)
                        .toList();
        TokenStream inMemory = TokenStream.of(trained, 0);

        try (TokenShards shards = shards(vocabularySize, documents);
                PointerScope _ = new PointerScope()) {
            TokenStream mapped = new TokenStream(new CorpusTokens(shards));
            assertThat(mapped.size()).isEqualTo(inMemory.size());
            for (int step = 0; step < 120; step++) { // more than an epoch
                assertThat(TokenStreamTest.values(mapped.batch(step, 3, 24, 5)))
                        .isEqualTo(TokenStreamTest.values(inMemory.batch(step, 3, 24, 5)));
            }
            assertThat(mapped.epoch(120, 3, 24)).isGreaterThan(1);
        }
    }

    @Test
    void holdsOutTheLowestHundredthAndNothingOfItIsTrainedOn() throws IOException {
        SortedMap<String, int[]> documents = documents(800, 60_000);
        List<int[]> expected = heldOut(documents).stream().map(documents::get).toList();

        try (TokenShards shards = shards(60_000, documents)) {
            CorpusTokens corpus = new CorpusTokens(shards);

            assertThat(expected).hasSizeBetween(4, 16);
            assertThat(corpus.heldOut(1_000_000)).containsExactlyElementsOf(expected);
            assertThat(corpus.heldOut(expected.getFirst().length))
                    .containsExactly(expected.getFirst());
            List<int[]> trained =
                    StreamSupport.stream(corpus.documents().spliterator(), false).toList();
            assertThat(trained)
                    .hasSize(800 - expected.size())
                    .doesNotContainAnyElementsOf(expected);
        }
    }

    @Test
    void aDocumentHeldOutForItsHundredthIsHeldOutOfALaterVersionToo() throws IOException {
        SortedMap<String, int[]> documents = documents(400, 60_000);
        SortedMap<String, int[]> more = documents(900, 60_000);

        try (TokenShards shards = shards(60_000, documents);
                TokenShards later = shards(60_000, more)) {
            assertThat(new CorpusTokens(later).heldOut(1_000_000))
                    .containsAll(new CorpusTokens(shards).heldOut(1_000_000));
        }
    }

    /// None of the three is in the lowest hundredth.
    @Test
    void ofAFewDocumentsTheOneWithTheLowestHashIsHeldOut() throws IOException {
        SortedMap<String, int[]> documents = new TreeMap<>();
        for (String id : List.of("a", "b", "c")) {
            documents.put(id, new int[] {id.charAt(0)});
            assertThat(hash(id)).isGreaterThan(HUNDREDTH);
        }
        String lowest = heldOut(documents).getFirst();

        try (TokenShards shards = shards(60_000, documents)) {
            CorpusTokens corpus = new CorpusTokens(shards);

            assertThat(corpus.heldOut(100)).containsExactly(documents.get(lowest));
            assertThat(corpus.size()).isEqualTo(4);
        }
    }

    @Test
    void refusesACorpusOfOneDocument() throws IOException {
        SortedMap<String, int[]> one = new TreeMap<>(Map.of("a", new int[] {1, 2}));

        try (TokenShards shards = shards(60_000, one)) {
            assertThatThrownBy(() -> new CorpusTokens(shards))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "corpus words has 1 documents, at least 2 are needed, of which one is"
                                    + " held out; add documents and seal it again");
        }
    }

    /// Documents of 1 to 12 ids; those of a larger number begin with those of a smaller one.
    private static SortedMap<String, int[]> documents(int number, int vocabularySize) {
        Random random = new Random(11);
        SortedMap<String, int[]> documents = new TreeMap<>();
        for (int document = 0; document < number; document++) {
            int[] ids = random.ints(1 + random.nextInt(12), 1, vocabularySize).toArray();
            documents.put("document-" + document, ids);
        }
        return documents;
    }

    private TokenShards shards(int vocabularySize, SortedMap<String, int[]> documents)
            throws IOException {
        var manifest = TestCorpus.ofIds(vocabularySize).seal(store, documents);
        return TokenShards.open(TestCorpus.folder(store, manifest));
    }

    /// The rule in other words: the ids of documents that are held out, by their hash.
    private static List<String> heldOut(SortedMap<String, int[]> documents) {
        List<String> byHash = new ArrayList<>(documents.keySet());
        byHash.sort(Comparator.comparing(CorpusTokensTest::hash));
        return byHash.stream()
                .filter(id -> hash(id).compareTo(HUNDREDTH) < 0 || id.equals(byHash.getFirst()))
                .toList();
    }

    private static BigInteger hash(String id) {
        return new BigInteger(Long.toUnsignedString(TokenShardWriter.idHash(id)));
    }
}
