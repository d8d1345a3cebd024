package dev.gyre.tokenization.corpus.text;

/// Checks of settings.
final class Limits {
    private Limits() {}

    static void range(String name, long value, long minimum, long maximum) {
        if (value < minimum || value > maximum) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", must be from " + minimum + " to " + maximum);
        }
    }

    static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", must be a share from 0 to 1");
        }
    }
}
