/// Measuring a candidate against its base.
@NullMarked
package dev.gyre.training.evaluate;

import org.jspecify.annotations.NullMarked;
