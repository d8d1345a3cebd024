/// What is served, what may be served, and on what evidence.
@NullMarked
package dev.gyre.feedback.releases;

import org.jspecify.annotations.NullMarked;
