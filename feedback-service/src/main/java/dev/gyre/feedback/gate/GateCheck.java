package dev.gyre.feedback.gate;

/// One check of the gate.
///
/// @param name what is measured, for example `holdout_accuracy_lower_bound`
/// @param value measured value; NaN where nothing was measured
/// @param limit limit it is held against
/// @param explanation in words, with the numbers
public record GateCheck(
        String name, double value, double limit, Verdict verdict, String explanation) {}
