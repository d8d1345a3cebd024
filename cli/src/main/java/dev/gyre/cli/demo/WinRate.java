package dev.gyre.cli.demo;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Share of prompts at which one model's answer is better than another's, ties half, with a
/// bootstrap interval (Efron 1979, percentile method, over prompts).
///
/// @param share 0 to 1
/// @param low 2.5 % point of the bootstrap
/// @param high 97.5 % point of the bootstrap
/// @param prompts number of prompts
record WinRate(double share, double low, double high, int prompts) {
    private static final int RESAMPLES = 10_000;

    /// @param differences u of one model's answer less u of the other's, per prompt
    static WinRate of(double[] differences, long seed) {
        if (differences.length == 0) {
            throw new IllegalArgumentException("a win rate needs at least one prompt");
        }
        double[] wins = Arrays.stream(differences).map(d -> d > 0 ? 1 : d < 0 ? 0 : 0.5).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        double[] shares = new double[RESAMPLES];
        for (int resample = 0; resample < RESAMPLES; resample++) {
            double sum = 0;
            for (int i = 0; i < wins.length; i++) {
                sum += wins[random.nextInt(wins.length)];
            }
            shares[resample] = sum / wins.length;
        }
        Arrays.sort(shares);
        return new WinRate(
                Arrays.stream(wins).average().orElseThrow(),
                shares[(int) (RESAMPLES * 0.025)],
                shares[(int) (RESAMPLES * 0.975)],
                wins.length);
    }

    @Override
    public String toString() {
        return String.format("%.3f  [%.3f, %.3f]", share, low, high);
    }
}
