package dev.gyre.inference.completions;

import dev.gyre.inference.generate.Sampling;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// How the caller wants tokens to be chosen; null where it says nothing. Ranges and meanings stand
/// at [Sampling].
///
/// @param maxTokens null: what the context has room for, at most 512
/// @param seed null: drawn at random
public record SamplingWishes(
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty,
        @Nullable Double repetitionPenalty,
        @Nullable Long seed,
        @Nullable Integer maxTokens,
        List<String> stop,
        boolean ignoreEos,
        boolean reproducible) {
    private static final int DEFAULT_MAX_TOKENS = 512;

    public SamplingWishes {
        stop = List.copyOf(stop);
    }

    /// With everything decided.
    ///
    /// @param room tokens that the context has left after the prompt
    /// @throws IllegalArgumentException when a value is out of its range
    Sampling decide(int room) {
        return new Sampling(
                or(temperature, 1.0),
                or(topK, 0),
                or(topP, 1.0),
                or(presencePenalty, 0.0),
                or(frequencyPenalty, 0.0),
                or(repetitionPenalty, 1.0),
                seed == null ? ThreadLocalRandom.current().nextLong(1L << 53) : seed,
                or(maxTokens, Math.clamp(room, 1, DEFAULT_MAX_TOKENS)),
                stop,
                ignoreEos,
                reproducible);
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
