/// Tokenizer library: byte-level BPE training, encoding and decoding, vocabulary files, chat
/// templates.
@NullMarked
package dev.gyre.tokenizer;

import org.jspecify.annotations.NullMarked;
