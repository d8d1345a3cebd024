package dev.gyre.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RaterTest {
    private final double[] differences =
            IntStream.range(0, 20_000)
                    .mapToDouble(i -> new SplittableRandom(i).nextDouble() * 4 - 2)
                    .toArray();

    @Test
    void aNoisyRaterAgreesWithTheTasteAsOftenAsWanted() {
        Rater rater = Rater.Noisy.agreeing(differences, 0.8, 7);

        assertThat(agreement(rater)).isEqualTo(0.8, within(0.01));
    }

    @Test
    void aCoinAgreesWithNothing() {
        assertThat(agreement(new Rater.Coin(7))).isEqualTo(0.5, within(0.012));
    }

    @Test
    void theSameSeedPicksTheSame() {
        Rater first = new Rater.Coin(1);
        Rater again = new Rater.Coin(1);
        Rater other = new Rater.Coin(2);

        assertThat(
                        IntStream.range(0, 100)
                                .allMatch(i -> first.picksFirst(i, 0) == again.picksFirst(i, 0)))
                .isTrue();
        assertThat(
                        IntStream.range(0, 100)
                                .allMatch(i -> first.picksFirst(i, 0) == other.picksFirst(i, 0)))
                .isFalse();
    }

    private double agreement(Rater rater) {
        return IntStream.range(0, differences.length)
                .mapToDouble(i -> rater.picksFirst(i, differences[i]) == differences[i] > 0 ? 1 : 0)
                .average()
                .orElseThrow();
    }
}
