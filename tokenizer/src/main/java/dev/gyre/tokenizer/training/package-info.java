/// Learning vocabularies from text.
@NullMarked
package dev.gyre.tokenizer.training;

import org.jspecify.annotations.NullMarked;
