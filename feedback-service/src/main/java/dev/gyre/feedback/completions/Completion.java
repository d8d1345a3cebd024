package dev.gyre.feedback.completions;

import dev.gyre.artifacts.ModelVersion;
import java.time.Instant;
import java.util.List;

/// One answer, token-exact.
///
/// @param id completion id
/// @param releaseLine line that was asked for; empty when an exact version was
/// @param model version that answered
/// @param tokenizerSha256 SHA-256 of its tokenizer's file
/// @param variant `fp32` or `int8`
/// @param promptSha256 [PromptHash] of `promptIds`
/// @param promptIds token ids as the model read them
/// @param promptText the prompt for people; empty where only ids were given
/// @param answerIds generated ids, special ones included
/// @param finishTime when it ended
public record Completion(
        String id,
        String project,
        String releaseLine,
        ModelVersion model,
        String tokenizerSha256,
        String variant,
        String promptSha256,
        List<Integer> promptIds,
        String promptText,
        List<Integer> answerIds,
        String answerText,
        FinishReason finishReason,
        Instant finishTime) {
    public Completion {
        promptIds = List.copyOf(promptIds);
        answerIds = List.copyOf(answerIds);
    }
}
