/// Byte-pair encoding: vocabulary, merges, and the encoder with its cache.
@NullMarked
package dev.gyre.tokenizer.bpe;

import org.jspecify.annotations.NullMarked;
