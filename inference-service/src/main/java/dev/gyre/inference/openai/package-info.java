/// The OpenAI-compatible HTTP API.
@NullMarked
package dev.gyre.inference.openai;

import org.jspecify.annotations.NullMarked;
