/// Text as bytes: UTF-8, character classes, normal forms, the byte-level spelling.
@NullMarked
package dev.gyre.tokenizer.text;

import org.jspecify.annotations.NullMarked;
