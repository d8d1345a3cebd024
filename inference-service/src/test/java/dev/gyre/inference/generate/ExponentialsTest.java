package dev.gyre.inference.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ExponentialsTest {
    @Test
    void equalsTheExponentialFunctionToSingleprecision() {
        float[] logits = new float[100_000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = -i * 86f / logits.length;
        }
        float[] result = new float[logits.length];

        Exponentials.fill(logits, 0, 1, result);

        for (int i = 0; i < logits.length; i++) {
            double exact = Math.exp(logits[i]);
            assertThat(result[i] / exact).isCloseTo(1, within(3e-7));
        }
    }

    @Test
    void givesNothingToWhatIsFarBelowTheLargest() {
        float[] result = new float[3];

        Exponentials.fill(new float[] {0, -200, Float.NEGATIVE_INFINITY}, 0, 1, result);

        assertThat(result[0]).isEqualTo(1);
        assertThat(result[1]).isBetween(0f, 1e-37f);
        assertThat(result[2]).isBetween(0f, 1e-37f);
    }

    @Test
    void addsUpMoreThanABlockAndARest() {
        float[] ones = new float[3 * Exponentials.BLOCK + 13];
        java.util.Arrays.fill(ones, 1);

        assertThat(Exponentials.sum(ones)).isEqualTo(ones.length);
    }
}
