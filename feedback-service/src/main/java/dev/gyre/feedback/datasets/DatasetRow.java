package dev.gyre.feedback.datasets;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.gyre.feedback.completions.Completion;
import java.util.List;

/// One line of `train.jsonl` or `holdout.jsonl`: a prompt with a better and a worse answer, as the
/// ids that the model read and wrote. No text is tokenised a second time on the way to training.
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonPropertyOrder({
    "rating_id",
    "prompt_sha256",
    "prompt_ids",
    "chosen_ids",
    "rejected_ids",
    "chosen_finish_reason",
    "rejected_finish_reason",
    "prompt_text",
    "chosen_text",
    "rejected_text",
    "strength"
})
record DatasetRow(
        String ratingId,
        String promptSha256,
        List<Integer> promptIds,
        List<Integer> chosenIds,
        List<Integer> rejectedIds,
        String chosenFinishReason,
        String rejectedFinishReason,
        String promptText,
        String chosenText,
        String rejectedText,
        int strength) {

    static DatasetRow of(DecidedPair pair, Completion chosen, Completion rejected) {
        return new DatasetRow(
                pair.ratingId(),
                chosen.promptSha256(),
                chosen.promptIds(),
                chosen.answerIds(),
                rejected.answerIds(),
                chosen.finishReason().word(),
                rejected.finishReason().word(),
                chosen.promptText(),
                chosen.answerText(),
                rejected.answerText(),
                pair.strength());
    }
}
