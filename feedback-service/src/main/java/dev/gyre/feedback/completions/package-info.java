/// Answers of the models as inference-service reports them: what ratings point at.
@NullMarked
package dev.gyre.feedback.completions;

import org.jspecify.annotations.NullMarked;
