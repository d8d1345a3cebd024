package dev.gyre.feedback.rounds;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A round after a command, and what is to be done in the same transaction.
///
/// @param round the round as it is now
/// @param effects in this order
record RoundStep(Round round, List<Effect> effects) {
    RoundStep {
        effects = List.copyOf(effects);
    }

    /// This step, taken at a time.
    RoundStep at(Instant time) {
        return new RoundStep(round.at(time), effects);
    }

    /// What is to be done.
    sealed interface Effect {
        /// Ask trainer-service for a job.
        record Request(RoundJob job) implements Effect {}

        /// Make the preference job's model a candidate of the line.
        record Register(JobReport.Succeeded report) implements Effect {}

        /// Hold the candidate's measurements against the gate, and decide.
        record Judge(Map<String, Double> metrics) implements Effect {
            public Judge {
                metrics = Map.copyOf(metrics);
            }
        }
    }
}
