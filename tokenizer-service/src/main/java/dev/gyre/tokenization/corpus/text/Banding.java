package dev.gyre.tokenization.corpus.text;

/// How locality-sensitive hashing cuts a MinHash signature: two documents are candidates where one
/// band of rows is equal, which happens with the probability `1 - (1 - s^rows)^bands` for documents
/// of Jaccard similarity s (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section
/// 3.4).
///
/// @param bands number of bands, at least 1
/// @param rows rows of each band, at least 1
public record Banding(int bands, int rows) {
    /// Steps of the integral; an even number for Simpson's rule.
    private static final int STEPS = 128;

    public Banding {
        Limits.range("bands", bands, 1, 4_096);
        Limits.range("rows", rows, 1, 4_096);
    }

    /// The probability that documents of this Jaccard similarity become candidates.
    public double probability(double similarity) {
        return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
    }

    /// The banding that makes the fewest errors for a threshold: the area under {@link
    /// #probability} below the threshold (false positives) plus the area over it above the
    /// threshold (false negatives) is least among all bandings that the permutations allow. Equal
    /// areas go to fewer bands.
    ///
    /// @param threshold Jaccard similarity from 0 to 1
    /// @param permutations length of the signature, 1 to 4,096
    public static Banding forThreshold(double threshold, int permutations) {
        Limits.share("Jaccard threshold", threshold);
        Limits.range("permutations", permutations, 1, 4_096);
        Banding best = new Banding(1, 1);
        double least = Double.POSITIVE_INFINITY;
        for (int bands = 1; bands <= permutations; bands++) {
            for (int rows = 1; rows <= permutations / bands; rows++) {
                Banding banding = new Banding(bands, rows);
                double error =
                        banding.area(0, threshold) + (1 - threshold) - banding.area(threshold, 1);
                if (error < least) {
                    least = error;
                    best = banding;
                }
            }
        }
        return best;
    }

    private double area(double from, double to) {
        double step = (to - from) / STEPS;
        double sum = probability(from) + probability(to);
        for (int i = 1; i < STEPS; i++) {
            sum += probability(from + i * step) * (i % 2 == 0 ? 2 : 4);
        }
        return sum * step / 3;
    }
}
