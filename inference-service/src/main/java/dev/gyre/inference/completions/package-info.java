/// Completions: from a request to an answer, and the event that keeps it for ever.
@NullMarked
package dev.gyre.inference.completions;

import org.jspecify.annotations.NullMarked;
