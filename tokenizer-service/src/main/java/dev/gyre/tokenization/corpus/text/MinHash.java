package dev.gyre.tokenization.corpus.text;

import java.util.Arrays;

/// MinHash signatures (Broder 1997): the share of equal entries of two documents' signatures is an
/// unbiased estimate of the Jaccard similarity of their shingle sets, with the standard error
/// `sqrt(s (1 - s) / permutations)`. A shingle is a run of words ({@link FoldedWords}: of
/// characters, where a script has no blanks); a document shorter than a shingle is one shingle.
///
/// The permutations are fixed, so that signatures of all replicas and all time agree.
public final class MinHash {
    private static final long SEED = 0x6779_7265L;

    /// Odd, so that powers stay invertible modulo 2^64.
    private static final long BASE = 0x9fb2_1c65_1e98_df25L;

    private final int shingleWords;
    private final Banding banding;
    private final int[] permutations;
    private final long highestPower;

    public MinHash(CorpusRules.Deduplication rules) {
        shingleWords = rules.shingleWords();
        banding = rules.banding();
        permutations = new int[rules.permutations()];
        Arrays.setAll(permutations, i -> (int) (Hashing.splitMix(SEED, i) >>> 32));
        long power = 1;
        for (int word = 1; word < shingleWords; word++) {
            power *= BASE;
        }
        highestPower = power;
    }

    /// The bands and rows in use.
    public Banding banding() {
        return banding;
    }

    /// @return one entry for each permutation; all entries `Integer.MAX_VALUE` for a text without a
    ///   visible character
    public int[] signature(String text) {
        FoldedWords words = FoldedWords.of(text);
        int[] least = new int[permutations.length];
        Arrays.fill(least, Integer.MAX_VALUE);
        if (words.count() == 0) {
            return least;
        }
        int shingle = Math.min(shingleWords, words.count());
        long[] window = new long[shingle];
        long rolling = 0;
        for (int word = 0; word < words.count(); word++) {
            long hash = words.hash(word);
            int slot = word % shingle;
            if (word >= shingle) {
                rolling -= window[slot] * highestPower;
            }
            window[slot] = hash;
            rolling = rolling * BASE + hash;
            if (word >= shingle - 1) {
                lower(least, (int) (Hashing.mix(rolling) >>> 32));
            }
        }
        return least;
    }

    /// Permutation i sends a shingle's hash x to MurmurHash3's 32-bit finaliser of x ^ seed i, a
    /// bijection. Written so that the compiler makes vector instructions of it.
    private void lower(int[] least, int shingle) {
        int[] seeds = permutations;
        for (int i = 0; i < least.length; i++) {
            int hash = shingle ^ seeds[i];
            hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
            hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
            hash ^= hash >>> 16;
            least[i] = Math.min(least[i], hash);
        }
    }

    /// One key for each band: documents that share a key are candidates. Keys of different bands
    /// differ.
    public long[] bandKeys(int[] signature) {
        checkLength(signature);
        long[] keys = new long[banding.bands()];
        int entry = 0;
        for (int band = 0; band < keys.length; band++) {
            long key = Hashing.splitMix(~SEED, band);
            for (int row = 0; row < banding.rows(); row++) {
                key = Hashing.mix(key ^ signature[entry++]) * BASE + 1;
            }
            keys[band] = key;
        }
        return keys;
    }

    /// The share of equal entries, from 0 to 1.
    public double estimatedJaccard(int[] a, int[] b) {
        checkLength(a);
        checkLength(b);
        int equal = 0;
        for (int i = 0; i < a.length; i++) {
            if (a[i] == b[i]) {
                equal++;
            }
        }
        return (double) equal / a.length;
    }

    private void checkLength(int[] signature) {
        if (signature.length != permutations.length) {
            throw new IllegalArgumentException(
                    "signature has "
                            + signature.length
                            + " entries, these rules make "
                            + permutations.length
                            + "; compare signatures of the same rules only");
        }
    }
}
