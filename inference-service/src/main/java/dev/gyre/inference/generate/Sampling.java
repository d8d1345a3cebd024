package dev.gyre.inference.generate;

import java.util.List;

/// How tokens are chosen. The order is penalties, temperature, top-k, top-p.
///
/// @param temperature divides the logits; 0 to 2; 0 is greedy
/// @param topK keeps the k likeliest tokens; 0 keeps all
/// @param topP keeps the fewest likeliest tokens whose probabilities add up to this; above 0, at
///   most 1
/// @param presencePenalty subtracted from the logit of each token already generated; -2 to 2
/// @param frequencyPenalty subtracted once per occurrence among the generated tokens; -2 to 2
/// @param repetitionPenalty divides a positive and multiplies a negative logit of each token of
///   prompt or answer; above 0, at most 10; 1 changes nothing
/// @param seed of the sampler's random numbers
/// @param maxTokens tokens generated at most; at least 1
/// @param stop texts that end the answer, which then does not contain them; at most 16 of 1 to 256
///   characters
/// @param ignoreEos goes on after the end-of-sequence token
/// @param reproducible refuses unless the model runs in reproducible mode
public record Sampling(
        double temperature,
        int topK,
        double topP,
        double presencePenalty,
        double frequencyPenalty,
        double repetitionPenalty,
        long seed,
        int maxTokens,
        List<String> stop,
        boolean ignoreEos,
        boolean reproducible) {

    private static final int MOST_STOPS = 16;
    private static final int LONGEST_STOP = 256;

    /// @throws IllegalArgumentException when a value is out of its range; the message starts with
    ///   the parameter's name in the API
    public Sampling {
        within("temperature", temperature, 0, 2);
        if (topK < 0) {
            throw new IllegalArgumentException("top_k is " + topK + ", it must be 0 (all) or more");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "top_p is " + topP + ", it must be above 0 and at most 1");
        }
        within("presence_penalty", presencePenalty, -2, 2);
        within("frequency_penalty", frequencyPenalty, -2, 2);
        if (!(repetitionPenalty > 0 && repetitionPenalty <= 10)) {
            throw new IllegalArgumentException(
                    "repetition_penalty is "
                            + repetitionPenalty
                            + ", it must be above 0 and at most 10");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException(
                    "max_tokens is " + maxTokens + ", it must be at least 1");
        }
        stop = List.copyOf(stop);
        if (stop.size() > MOST_STOPS) {
            throw new IllegalArgumentException(
                    "stop has " + stop.size() + " texts, the limit is " + MOST_STOPS);
        }
        for (String text : stop) {
            if (text.isEmpty() || text.length() > LONGEST_STOP) {
                throw new IllegalArgumentException(
                        "stop has a text of "
                                + text.length()
                                + " characters, each must have 1 to "
                                + LONGEST_STOP);
            }
        }
    }

    /// Greedy choice of at most `maxTokens` tokens.
    public static Sampling greedy(int maxTokens) {
        return new Sampling(0, 0, 1, 0, 0, 1, 0, maxTokens, List.of(), false, false);
    }

    /// Whether a penalty changes logits.
    boolean penalises() {
        return presencePenalty != 0 || frequencyPenalty != 0 || repetitionPenalty != 1;
    }

    private static void within(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", it must be from " + least + " to " + most);
        }
    }
}
