/// inference-service: serves the released models.
@NullMarked
package dev.gyre.inference;

import org.jspecify.annotations.NullMarked;
