package dev.gyre.feedback.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WilsonIntervalTest {
    /// Values by Python's statistics.NormalDist and Wilson's formula; 81 of 263 is the example of
    /// Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I: 0.2553
    /// to 0.3662.
    @ParameterizedTest
    @CsvSource({
        "160, 256, 0.95, 0.5642590524289499, 0.6820449834645823",
        "0, 8, 0.95, 0.0, 0.3244075648838801",
        "8, 8, 0.95, 0.6755924351161198, 1.0",
        "1, 1, 0.95, 0.20654931437723745, 1.0",
        "5, 8, 0.95, 0.3057423946026274, 0.8631557141764026",
        "128, 256, 0.95, 0.43920555858906296, 0.560794441410937",
        "600, 1000, 0.99, 0.5595625726937702, 0.6391191943255484",
        "81, 263, 0.95, 0.2552885198782743, 0.3662095769828001"
    })
    void agreesWithTheReference(
            long successes, long trials, double confidence, double lower, double upper) {
        WilsonInterval interval = WilsonInterval.of(successes, trials, confidence);

        assertThat(interval.lower()).isCloseTo(lower, within(1e-12));
        assertThat(interval.upper()).isCloseTo(upper, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "0.975, 1.9599639845400536",
        "0.995, 2.5758293035489",
        "0.9, 1.2815515655446008",
        "0.5, 0",
        "0.025, -1.9599639845400536"
    })
    void findsTheNormalQuantile(double probability, double z) {
        assertThat(WilsonInterval.normalQuantile(probability)).isCloseTo(z, within(1e-11));
    }

    @Test
    void refusesWhatIsNoShare() {
        assertThatIllegalArgumentException().isThrownBy(() -> WilsonInterval.of(0, 0, 0.95));
        assertThatIllegalArgumentException().isThrownBy(() -> WilsonInterval.of(3, 2, 0.95));
        assertThatIllegalArgumentException().isThrownBy(() -> WilsonInterval.of(-1, 2, 0.95));
        assertThatIllegalArgumentException().isThrownBy(() -> WilsonInterval.of(1, 2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> WilsonInterval.of(1, 2, Double.NaN));
    }
}
