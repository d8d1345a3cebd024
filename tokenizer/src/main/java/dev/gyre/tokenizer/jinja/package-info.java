/// The part of the Jinja template language that chat templates use, rendered as Python's Jinja2
/// does in transformers: blocks trimmed, everything not known refused by name.
@NullMarked
package dev.gyre.tokenizer.jinja;

import org.jspecify.annotations.NullMarked;
