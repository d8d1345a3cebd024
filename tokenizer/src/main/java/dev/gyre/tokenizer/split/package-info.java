/// How text is cut into pieces before it is merged: one hand-written scanner a pattern.
@NullMarked
package dev.gyre.tokenizer.split;

import org.jspecify.annotations.NullMarked;
