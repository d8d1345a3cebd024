package dev.gyre.inference.generate;

/// Exponentials of a row of logits, the hot loop of sampling.
///
/// `Math.exp` over a vocabulary of 49152 takes 290 µs; a polynomial in plain float arithmetic,
/// which the JIT compiler turns into vector instructions, a small part of it. The result is the
/// same to the bit whether interpreted or compiled, which `Math.exp` does not promise.
final class Exponentials {
    private static final float LOG2_E = 1.44269504f;
    // ln 2 in two parts, the first exact in few bits (Cephes, expf)
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    // below this the result would leave the range of normal floats; 1e-38 is as good as 0
    private static final float LEAST = -87f;

    static final int BLOCK = 512;

    private Exponentials() {}

    /// Writes `exp((logits[i] - offset) * scale)` to `into[i]`, relative error below 3e-7.
    ///
    /// @param logits [vocabulary], none above `offset`
    /// @param scale above 0
    /// @param into [vocabulary]
    static void fill(float[] logits, float offset, float scale, float[] into) {
        for (int i = 0; i < into.length; i++) {
            float x = Math.max((logits[i] - offset) * scale, LEAST);
            int n = (int) (x * LOG2_E - 0.5f);
            float r = x - n * LN2_HIGH - n * LN2_LOW;
            float p = 1.9875691500e-4f;
            p = p * r + 1.3981999507e-3f;
            p = p * r + 8.3334519073e-3f;
            p = p * r + 4.1665795894e-2f;
            p = p * r + 1.6666665459e-1f;
            p = p * r + 5.0000001201e-1f;
            p = p * r * r + r + 1f;
            into[i] = p * Float.intBitsToFloat((n + 127) << 23);
        }
    }

    /// The sum of `values`, in blocks of floats that are added up in double precision.
    static double sum(float[] values) {
        double sum = 0;
        for (int start = 0; start < values.length; start += BLOCK) {
            sum += blockSum(values, start);
        }
        return sum;
    }

    /// The sum of the block that begins at `start`. Eight chains of additions run side by side.
    static double blockSum(float[] values, int start) {
        int end = Math.min(start + BLOCK, values.length);
        float a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
        int i = start;
        for (; i + 8 <= end; i += 8) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
            e += values[i + 4];
            f += values[i + 5];
            g += values[i + 6];
            h += values[i + 7];
        }
        for (; i < end; i++) {
            a += values[i];
        }
        return (double) a + b + c + d + e + f + g + h;
    }

    /// The index of the largest value, the first of equal ones.
    static int indexOfLargest(float[] values) {
        float largest = values[0];
        for (float value : values) {
            largest = Math.max(largest, value);
        }
        for (int i = 0; i < values.length && Float.isFinite(largest); i++) {
            if (values[i] == largest) {
                return i;
            }
        }
        throw new IllegalStateException(
                "the model's logits are not numbers; its package is damaged or its training diverged");
    }
}
