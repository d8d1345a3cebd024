package dev.gyre.feedback.policies;

import dev.gyre.access.FailureException;
import dev.gyre.feedback.gate.GateLimits;
import dev.gyre.feedback.platform.Names;
import java.time.Instant;
import java.util.Optional;

/// When a release line is retrained, and how.
///
/// @param enabled whether rounds start by themselves
/// @param minNewPairs new training pairs that start a round; at least 2
/// @param cooldownSeconds seconds between the starts of two rounds at least
/// @param autoPromote whether a candidate that passes its gate is promoted without a person
/// @param holdoutShare share of prompts held out for the gate; 0.05 to 0.5
public record Policy(
        String project,
        String releaseLine,
        boolean enabled,
        int minNewPairs,
        long cooldownSeconds,
        boolean autoPromote,
        double holdoutShare,
        JobSettings jobs,
        GateLimits gate) {
    /// Default of `minNewPairs`.
    public static final int DEFAULT_MIN_NEW_PAIRS = 32;

    /// Default of `cooldownSeconds`.
    public static final long DEFAULT_COOLDOWN_SECONDS = 60;

    /// Default of `holdoutShare`.
    public static final double DEFAULT_HOLDOUT_SHARE = 0.25;

    public Policy {
        Names.line(releaseLine);
        if (minNewPairs < 2 || minNewPairs > 10_000_000) {
            throw FailureException.invalid(
                    "policy.min_new_pairs",
                    "min_new_pairs is " + minNewPairs + ", it must be 2 to 10000000");
        }
        if (cooldownSeconds < 0 || cooldownSeconds > 365L * 86_400) {
            throw FailureException.invalid(
                    "policy.cooldown_seconds",
                    "cooldown_seconds is " + cooldownSeconds + ", it must be 0 to 31536000");
        }
        if (!(holdoutShare >= 0.05 && holdoutShare <= 0.5)) {
            throw FailureException.invalid(
                    "policy.holdout_share",
                    "holdout_share is " + holdoutShare + ", it must be 0.05 to 0.5");
        }
    }

    /// What holds for a line that nobody has set a policy for.
    public static Policy defaults(String project, String releaseLine) {
        return new Policy(
                project,
                releaseLine,
                true,
                DEFAULT_MIN_NEW_PAIRS,
                DEFAULT_COOLDOWN_SECONDS,
                true,
                DEFAULT_HOLDOUT_SHARE,
                JobSettings.DEFAULTS,
                GateLimits.DEFAULTS);
    }

    /// Whether the next round may start by itself.
    ///
    /// @param newPairs training pairs that the last round did not have
    /// @param lastStart when the last round started, or empty without one
    public boolean isDue(int newPairs, Optional<Instant> lastStart, Instant now) {
        return enabled
                && newPairs >= minNewPairs
                && lastStart
                        .map(start -> !now.isBefore(start.plusSeconds(cooldownSeconds)))
                        .orElse(true);
    }
}
