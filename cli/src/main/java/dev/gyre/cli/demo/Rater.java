package dev.gyre.cli.demo;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Picks the better of two answers. Reproducible: the choice depends on the seed and the pair's
/// number alone.
interface Rater {
    /// Whether the first of two answers is picked.
    ///
    /// @param pair number of the pair
    /// @param difference u of the first answer less u of the second
    boolean picksFirst(int pair, double difference);

    /// Picks by the taste with noise: the first with probability σ(k · difference), the
    /// Bradley-Terry choice.
    record Noisy(double sharpness, long seed) implements Rater {
        /// The sharpness k with which the choices agree with the taste in a wanted share of the
        /// pairs.
        ///
        /// @param differences u of the first less u of the second, of typical pairs
        /// @param agreement wanted share; above 0.5, below 1
        static Noisy agreeing(double[] differences, double agreement, long seed) {
            double low = 0;
            double high = 1;
            while (agreementOf(high, differences) < agreement) {
                high *= 2;
                if (high > 1e6) {
                    throw new IllegalArgumentException(
                            "no sharpness makes choices between these answers agree in "
                                    + agreement
                                    + ": too many are equally good");
                }
            }
            for (int i = 0; i < 60; i++) {
                double middle = (low + high) / 2;
                if (agreementOf(middle, differences) < agreement) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return new Noisy(high, seed);
        }

        private static double agreementOf(double sharpness, double[] differences) {
            return Arrays.stream(differences)
                    .map(difference -> logistic(sharpness * Math.abs(difference)))
                    .average()
                    .orElseThrow();
        }

        @Override
        public boolean picksFirst(int pair, double difference) {
            return uniform(seed, pair) < logistic(sharpness * difference);
        }
    }

    /// A fair coin: the control arm.
    record Coin(long seed) implements Rater {
        @Override
        public boolean picksFirst(int pair, double difference) {
            return uniform(seed, pair) < 0.5;
        }
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double uniform(long seed, int pair) {
        return new SplittableRandom(seed * 1_000_003 + pair).nextDouble();
    }
}
