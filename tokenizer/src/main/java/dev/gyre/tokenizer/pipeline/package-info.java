/// What a tokenizer consists of, as data: all that a tokenizer file says.
@NullMarked
package dev.gyre.tokenizer.pipeline;

import org.jspecify.annotations.NullMarked;
