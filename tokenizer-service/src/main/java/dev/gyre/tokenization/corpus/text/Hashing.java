package dev.gyre.tokenization.corpus.text;

/// Mixing of hashes, fixed for all time: signatures are stored.
final class Hashing {
    private Hashing() {}

    /// Spreads every bit over the whole word (MurmurHash3's 64-bit finaliser, variant 13 of
    /// Stafford 2011, as in SplitMix64).
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /// The element of SplitMix64's sequence (Steele, Lea, Flood 2014) from a seed.
    static long splitMix(long seed, int index) {
        return mix(seed + (index + 1) * 0x9e3779b97f4a7c15L);
    }
}
