/// Rounds of retraining: snapshot, reward model, candidate, measurement, decision.
///
/// [Round] is a pure state machine, [Rounds] drives it.
@NullMarked
package dev.gyre.feedback.rounds;

import org.jspecify.annotations.NullMarked;
