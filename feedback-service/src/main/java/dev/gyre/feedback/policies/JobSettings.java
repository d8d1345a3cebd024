package dev.gyre.feedback.policies;

/// Settings of a round's jobs, each a protobuf JSON object of its job's message; an empty object is
/// all defaults. Models and data set are set by the round. They pass through this service unread:
/// trainer-service owns their meaning.
///
/// @param reward a `RewardJob`
/// @param dpo a `DpoJob`
/// @param evaluate an `EvaluateJob`
public record JobSettings(String reward, String dpo, String evaluate) {
    /// All defaults.
    public static final JobSettings DEFAULTS = new JobSettings("{}", "{}", "{}");
}
