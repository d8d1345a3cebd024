/// Reading and writing the files that tokenizers come in.
@NullMarked
package dev.gyre.tokenizer.formats;

import org.jspecify.annotations.NullMarked;
