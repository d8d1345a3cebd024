package dev.gyre.tokenizer.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One message of a conversation.
///
/// @param role who speaks: `system`, `user`, `assistant` or what else the template knows
/// @param content what is said
/// @param more further entries that templates read, such as `tool_calls`
public record ChatMessage(String role, String content, Map<String, @Nullable Object> more) {
    public ChatMessage {
        more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
    }

    /// A message of role and content only.
    public ChatMessage(String role, String content) {
        this(role, content, Map.of());
    }
}
