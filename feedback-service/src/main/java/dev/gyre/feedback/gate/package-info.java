/// The offline gate: what a candidate measured, held against the policy's limits. Pure functions.
@NullMarked
package dev.gyre.feedback.gate;

import org.jspecify.annotations.NullMarked;
