package dev.gyre.training.evaluate;

/// Settings of a measurement.
///
/// @param textWindow tokens that the model sees of held-out text at a time; at least 2
/// @param sampledPrompts hold-out prompts that both models answer; 1 to 100,000
/// @param maxTokens tokens per sampled answer at most; 1 to 8192
/// @param seed of the sampling
public record EvaluationSettings(int textWindow, int sampledPrompts, int maxTokens, long seed) {
    public EvaluationSettings {
        check("text_window", textWindow, 2, 1 << 20);
        check("sampled_prompts", sampledPrompts, 1, 100_000);
        check("max_tokens", maxTokens, 1, 8192);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", it must be " + least + " to " + most);
        }
    }
}
