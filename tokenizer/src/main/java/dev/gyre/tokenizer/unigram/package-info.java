/// Unigram, the vocabulary of T5 and ALBERT.
@NullMarked
package dev.gyre.tokenizer.unigram;

import org.jspecify.annotations.NullMarked;
