/// Chat templates and few-shot prompts.
@NullMarked
package dev.gyre.tokenizer.chat;

import org.jspecify.annotations.NullMarked;
