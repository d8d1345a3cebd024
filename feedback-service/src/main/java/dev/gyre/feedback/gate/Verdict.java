package dev.gyre.feedback.gate;

/// What a check, or the gate as a whole, says.
public enum Verdict {
    /// Good enough.
    PASS,
    /// Worse than it may be.
    FAIL,
    /// Too little was measured to tell.
    NOT_ENOUGH_EVIDENCE;

    /// The gate's word for two checks: one failure fails, and what cannot be told is no pass.
    Verdict and(Verdict other) {
        if (this == FAIL || other == FAIL) {
            return FAIL;
        }
        return this == NOT_ENOUGH_EVIDENCE ? this : other;
    }
}
