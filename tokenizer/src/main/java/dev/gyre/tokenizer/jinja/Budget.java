package dev.gyre.tokenizer.jinja;

/// What one rendering may use, so that a hostile template ends with an error.
final class Budget {
    private static final long MAX_STEPS = 2_000_000;

    private final int maxLength;
    private long steps;

    /// @param maxLength longest text in characters
    Budget(int maxLength) {
        this.maxLength = maxLength;
    }

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "the template needs more than %d steps".formatted(MAX_STEPS));
        }
    }

    void checkLength(long length) {
        if (length > maxLength) {
            throw new IllegalArgumentException(
                    "the template makes a text of %d characters, the limit is %d"
                            .formatted(length, maxLength));
        }
    }

    String checked(String text) {
        checkLength(text.length());
        return text;
    }
}
