package dev.gyre.inference.completions;

import dev.gyre.inference.generate.FinishReason;
import dev.gyre.inference.generate.GeneratedToken;
import java.util.List;

/// A whole answer.
///
/// @param text its text
/// @param tokens its tokens, special ones included
/// @param finish why it ended
public record Answer(String text, List<GeneratedToken> tokens, FinishReason finish) {
    public Answer {
        tokens = List.copyOf(tokens);
    }
}
