package dev.gyre.training.text;

import dev.gyre.artifacts.shards.TokenShards;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;

/// The documents of a sealed corpus that are trained on, as one stream, each closed by the corpus'
/// separator, read from the mapped shards; and those that are held out.
///
/// A document is held out when the hash of its id is in the lowest hundredth of all hashes; the one
/// with the lowest hash is in any case. Which hundredth a document falls into does not depend on
/// the other documents, so that a later version of the corpus holds out the same ones.
///
/// The heap has 16 bytes for each held-out document and nothing for the others.
public final class CorpusTokens implements TokenSource {
    private static final long HUNDREDTH = Long.divideUnsigned(-1, 100);

    private final TokenShards shards;
    private final long lowest; // the document whose id has the lowest hash

    // A run is documents that are trained on, between two that are held out.
    private final long[] runs; // place in this stream where each run begins
    private final long[] skipped; // tokens of held-out documents before each run
    private final long size;

    /// @param shards a corpus with a separator; to be closed by the caller, and not before this
    /// @throws IllegalArgumentException when it has fewer than two documents
    public CorpusTokens(TokenShards shards) {
        if (shards.documents() < 2) {
            throw new IllegalArgumentException(
                    String.format(
                            "corpus %s has %d documents, at least 2 are needed, of which one is held"
                                    + " out; add documents and seal it again",
                            shards.manifest().corpus(), shards.documents()));
        }
        this.shards = shards;
        this.lowest = lowest(shards);
        int most = Math.toIntExact(heldOut().count()) + 1;
        long[] begins = new long[most];
        long[] skips = new long[most];
        int last = 0;
        long skippedTokens = 0;
        for (long document = 0; document < shards.documents(); document++) {
            if (!isHeldOut(document)) {
                continue;
            }
            long begin = shards.start(document) - skippedTokens;
            skippedTokens += shards.start(document + 1) - shards.start(document);
            last += begin > begins[last] ? 1 : 0; // neighbours leave no run between them
            begins[last] = begin;
            skips[last] = skippedTokens;
        }
        this.runs = Arrays.copyOf(begins, last + 1);
        this.skipped = Arrays.copyOf(skips, last + 1);
        this.size = shards.tokens() - skippedTokens;
    }

    private static long lowest(TokenShards shards) {
        long lowest = 0;
        for (long document = 1; document < shards.documents(); document++) {
            if (Long.compareUnsigned(shards.idHash(document), shards.idHash(lowest)) < 0) {
                lowest = document;
            }
        }
        return lowest;
    }

    private boolean isHeldOut(long document) {
        return document == lowest || Long.compareUnsigned(shards.idHash(document), HUNDREDTH) < 0;
    }

    private LongStream heldOut() {
        return LongStream.range(0, shards.documents()).filter(this::isHeldOut);
    }

    /// Ids of the held-out documents with the lowest hashes, without their separators.
    ///
    /// @param mostTokens documents beyond so many tokens are left out; there is at least one
    public List<int[]> heldOut(int mostTokens) {
        List<int[]> documents = new ArrayList<>();
        long tokens = 0;
        Iterator<Long> byHash =
                heldOut()
                        .boxed()
                        .sorted(
                                (one, other) ->
                                        Long.compareUnsigned(
                                                shards.idHash(one), shards.idHash(other)))
                        .iterator();
        while (byHash.hasNext()) {
            int[] ids = shards.document(byHash.next());
            tokens += ids.length;
            if (tokens > mostTokens && !documents.isEmpty()) {
                break;
            }
            documents.add(Arrays.copyOf(ids, ids.length - 1));
        }
        return documents;
    }

    /// Ids of each document of this stream in order, without their separators.
    public Iterable<int[]> documents() {
        return () ->
                LongStream.range(0, shards.documents())
                        .filter(document -> !isHeldOut(document))
                        .mapToObj(shards::document)
                        .map(ids -> Arrays.copyOf(ids, ids.length - 1))
                        .iterator();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int[] tokens(long start, int count) {
        int[] ids = new int[count];
        int found = Arrays.binarySearch(runs, start);
        int run = found >= 0 ? found : -found - 2;
        for (int done = 0; done < count; run++) {
            long at = start + done;
            long end = run + 1 < runs.length ? runs[run + 1] : size;
            int part = (int) Math.min(count - done, end - at);
            System.arraycopy(shards.tokens(at + skipped[run], part), 0, ids, done, part);
            done += part;
        }
        return ids;
    }
}
