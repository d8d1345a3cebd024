package dev.gyre.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WinRateTest {
    @Test
    void countsTiesHalf() {
        assertThat(WinRate.of(new double[] {1, -1, 0, 2}, 1).share()).isEqualTo(0.625);
    }

    @Test
    void hasTheBootstrapIntervalOfABinomialShare() {
        double[] differences =
                IntStream.range(0, 1000).mapToDouble(i -> i % 10 < 6 ? 1 : -1).toArray();

        WinRate rate = WinRate.of(differences, 1);

        // normal approximation: 0.6 ± 1.96 · sqrt(0.6 · 0.4 / 1000)
        assertThat(rate.low()).isEqualTo(0.6 - 0.0304, within(0.002));
        assertThat(rate.high()).isEqualTo(0.6 + 0.0304, within(0.002));
        assertThat(WinRate.of(differences, 1)).isEqualTo(rate);
    }
}
