package dev.gyre.inference.completions;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// What to go on from, as the caller gave it.
public sealed interface PromptForm {
    /// Plain text, tokenised as it is. Special tokens in it stay plain text.
    record Text(String text) implements PromptForm {}

    /// Token ids, used as they are.
    record TokenIds(int[] ids) implements PromptForm {}

    /// A conversation, put into the model's chat template.
    ///
    /// @param turns oldest first
    record Chat(List<Turn> turns) implements PromptForm {
        public Chat {
            turns = List.copyOf(turns);
        }
    }

    /// One turn of a conversation.
    ///
    /// @param role `system`, `user` or `assistant`
    /// @param content text; special tokens in it stay plain text
    record Turn(String role, String content) {}

    /// Bytes that the prompt takes in an event, about.
    default long bytes() {
        return switch (this) {
            case Text(String text) -> text.getBytes(StandardCharsets.UTF_8).length;
            case TokenIds(int[] ids) -> 4L * ids.length;
            case Chat(List<Turn> turns) ->
                    turns.stream()
                            .mapToLong(
                                    turn ->
                                            16
                                                    + turn.content()
                                                            .getBytes(StandardCharsets.UTF_8)
                                                            .length)
                            .sum();
        };
    }
}
