package dev.gyre.inference.generate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What a sequence has seen, as the penalties count it.
///
/// Repetition counts prompt and answer (Keskar et al., "CTRL", 2019, as in Hugging Face
/// transformers); presence and frequency count the answer only, as in the OpenAI API. Repetition
/// goes first.
final class History {
    private final Set<Integer> seen = new HashSet<>();
    private final Map<Integer, Integer> generated = new HashMap<>();

    /// @param prompt token ids
    History(int[] prompt) {
        for (int id : prompt) {
            seen.add(id);
        }
    }

    /// Adds a token of the answer.
    void add(int id) {
        seen.add(id);
        generated.merge(id, 1, Integer::sum);
    }

    /// Changes the logits of tokens seen.
    ///
    /// @param logits [vocabulary], unnormalised
    void penalise(float[] logits, Sampling sampling) {
        if (sampling.repetitionPenalty() != 1) {
            float penalty = (float) sampling.repetitionPenalty();
            for (int id : seen) {
                logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
            }
        }
        for (Map.Entry<Integer, Integer> token : generated.entrySet()) {
            double penalty =
                    sampling.presencePenalty() + sampling.frequencyPenalty() * token.getValue();
            logits[token.getKey()] -= (float) penalty;
        }
    }
}
