package dev.gyre.inference.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The next part of an answer.
///
/// @param text new text; never cuts a character; empty while a stop text could still begin
/// @param tokens new tokens; empty in a last part that only releases text
/// @param finish why the answer ended, in the last part; null before
public record Part(String text, List<GeneratedToken> tokens, @Nullable FinishReason finish) {
    public Part {
        tokens = List.copyOf(tokens);
    }
}
