package dev.gyre.inference.generate;

/// Random numbers by counter: the n-th number of a seed is computed, not stepped to, so the draw
/// for a token depends on the request's seed and the token's place only, never on what else is
/// running.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014)
/// over a mixed seed, so that neighbouring seeds have unrelated numbers.
final class RandomNumbers {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private RandomNumbers() {}

    /// The `n`-th number of `seed`, in [0, 1), a multiple of 2⁻⁵³.
    static double uniform(long seed, long n) {
        return (mix(mix(seed) + (n + 1) * GOLDEN_GAMMA) >>> 11) * 0x1.0p-53;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
