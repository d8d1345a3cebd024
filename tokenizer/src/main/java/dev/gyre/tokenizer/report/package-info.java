/// What tokenizers do, for people to see: how a text becomes tokens, and how many it takes.
@NullMarked
package dev.gyre.tokenizer.report;

import org.jspecify.annotations.NullMarked;
