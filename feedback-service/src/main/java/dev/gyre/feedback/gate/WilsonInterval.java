package dev.gyre.feedback.gate;

/// Confidence interval of a share, by Wilson's score (Wilson 1927, "Probable inference, the law of
/// succession, and statistical inference", without continuity correction).
///
/// Unlike the normal approximation it stays inside 0 to 1 and is honest for few trials.
///
/// ```
/// WilsonInterval.of(160, 256, 0.95); // [0.5643, 0.6821]
/// ```
///
/// @param lower lower end, 0 to 1
/// @param upper upper end, 0 to 1
public record WilsonInterval(double lower, double upper) {
    /// The interval of `successes` out of `trials`.
    ///
    /// @param trials at least 1
    /// @param confidence two-sided, above 0 and below 1, for example 0.95
    public static WilsonInterval of(long successes, long trials, double confidence) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(
                    successes + " successes of " + trials + " trials is not a share");
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "confidence " + confidence + " is not between 0 and 1");
        }
        double z = normalQuantile(0.5 + confidence / 2);
        double share = (double) successes / trials;
        double shrink = 1 + z * z / trials;
        double centre = (share + z * z / (2 * trials)) / shrink;
        double half =
                z
                        * Math.sqrt(share * (1 - share) / trials + z * z / (4.0 * trials * trials))
                        / shrink;
        return new WilsonInterval(Math.max(0, centre - half), Math.min(1, centre + half));
    }

    /// Inverse of the standard normal distribution function, by bisection on [#normalCdf]: slow (a
    /// few µs) and as exact as that.
    static double normalQuantile(double probability) {
        double low = -40;
        double high = 40;
        for (int halving = 0; halving < 200 && high - low > 1e-13; halving++) {
            double middle = (low + high) / 2;
            if (normalCdf(middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /// Standard normal distribution function by its power series (Marsaglia 2004, "Evaluating the
    /// normal distribution"); good to 1e-15 within ±7, saturated beyond.
    static double normalCdf(double x) {
        if (x < -7) {
            return 0;
        }
        if (x > 7) {
            return 1;
        }
        double sum = x;
        double term = x;
        for (int i = 3; sum + term != sum; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }
}
