package dev.gyre.model;

/// The angles of rotary position embedding (RoFormer, arXiv:2104.09864): pair `i` of a head is
/// turned by `position · θ^(−2i/d)`. In the half-split form used here a pair is elements `i` and `i
/// + d/2`.
///
/// Computed in float32 step by step as PyTorch does, cosine and sine last: at position 8191 a
/// frequency rounded otherwise would turn by another 5e-4 of a radian.
public final class Rotary {
    private Rotary() {}

    /// Cosines of all angles.
    ///
    /// @param positions number of positions, from 0 on
    /// @return [positions, headSize / 2], row-major
    public static float[] cosines(ModelConfig config, int positions) {
        float[] angles = angles(config, positions);
        for (int i = 0; i < angles.length; i++) {
            angles[i] = (float) Math.cos(angles[i]);
        }
        return angles;
    }

    /// Sines of all angles.
    ///
    /// @param positions number of positions, from 0 on
    /// @return [positions, headSize / 2], row-major
    public static float[] sines(ModelConfig config, int positions) {
        float[] angles = angles(config, positions);
        for (int i = 0; i < angles.length; i++) {
            angles[i] = (float) Math.sin(angles[i]);
        }
        return angles;
    }

    private static float[] angles(ModelConfig config, int positions) {
        int pairs = config.headSize() / 2;
        float[] angles = new float[Math.multiplyExact(positions, pairs)];
        for (int pair = 0; pair < pairs; pair++) {
            double exponent = (float) (2 * pair) / config.headSize();
            float frequency = 1f / (float) Math.pow(config.ropeTheta(), exponent);
            for (int position = 0; position < positions; position++) {
                angles[position * pairs + pair] = position * frequency;
            }
        }
        return angles;
    }
}
