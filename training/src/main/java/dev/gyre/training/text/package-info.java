/// Text as token ids: the training stream, what a model makes of held-out text, and the n-gram
/// model that it is compared with.
@NullMarked
package dev.gyre.training.text;

import org.jspecify.annotations.NullMarked;
