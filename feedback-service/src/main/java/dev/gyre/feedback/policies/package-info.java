/// When a release line is retrained, and how.
@NullMarked
package dev.gyre.feedback.policies;

import org.jspecify.annotations.NullMarked;
