package dev.gyre.feedback.gate;

import java.util.List;

/// The gate's answer with its evidence.
///
/// @param checks every check, in a fixed order
public record GateReport(Verdict verdict, List<GateCheck> checks) {
    public GateReport {
        checks = List.copyOf(checks);
    }
}
