package dev.gyre.inference.completions;

import dev.gyre.access.FailureException;

/// Asks for an answer.
///
/// @param model name of a release line, or `name@version`
/// @param prompt what to go on from
/// @param sampling how to choose tokens
/// @param topCount likeliest tokens to report beside each, 0 to 20
public record CompletionRequest(
        String model, PromptForm prompt, SamplingWishes sampling, int topCount) {
    private static final int MOST_TOP = 20;

    public CompletionRequest {
        if (model.isBlank()) {
            throw FailureException.invalid("model", "model is missing; name a release line");
        }
        if (topCount < 0 || topCount > MOST_TOP) {
            throw FailureException.invalid(
                    "top_logprobs",
                    "top_logprobs is " + topCount + ", it must be from 0 to " + MOST_TOP);
        }
    }
}
