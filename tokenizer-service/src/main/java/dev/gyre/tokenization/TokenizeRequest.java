package dev.gyre.tokenization;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.chat.ChatMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request to `/tokenize`, of a prompt or of a conversation.
sealed interface TokenizeRequest {
    /// The tokenizer: `name` or `name@version`.
    String model();

    /// Whether the answer has the tokens as the vocabulary spells them; default false.
    boolean returnTokenStrings();

    /// @param addSpecialTokens whether the ids that the vocabulary puts around every text are
    ///   added; default true, as in vLLM
    /// @param allowSpecialTokens whether the text of a special token becomes that token; default
    ///   false, otherwise than in vLLM
    record OfPrompt(
            String model,
            String prompt,
            boolean addSpecialTokens,
            boolean allowSpecialTokens,
            boolean returnTokenStrings)
            implements TokenizeRequest {}

    /// @param addGenerationPrompt whether the opening of the answer follows; default true
    /// @param variables what `tools` and `chat_template_kwargs` give to the template
    record OfMessages(
            String model,
            List<ChatMessage> messages,
            boolean addGenerationPrompt,
            Map<String, @Nullable Object> variables,
            boolean returnTokenStrings)
            implements TokenizeRequest {}

    static TokenizeRequest parse(byte[] body) {
        RequestFields fields = RequestFields.parse(body);
        return fields.has("messages") ? ofMessages(fields) : ofPrompt(fields);
    }

    private static TokenizeRequest ofPrompt(RequestFields fields) {
        fields.allow(
                "model",
                "prompt",
                "add_special_tokens",
                "allow_special_tokens",
                "return_token_strs");
        return new OfPrompt(
                fields.text("model"),
                fields.text("prompt"),
                fields.flag("add_special_tokens", true),
                fields.flag("allow_special_tokens", false),
                fields.flag("return_token_strs", false));
    }

    private static TokenizeRequest ofMessages(RequestFields fields) {
        fields.allow(
                "model",
                "messages",
                "add_generation_prompt",
                "add_special_tokens",
                "tools",
                "chat_template_kwargs",
                "return_token_strs");
        if (fields.flag("add_special_tokens", false)) {
            throw fields.refused(
                    "add_special_tokens", "must be false with messages; the template writes them");
        }
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        if (fields.has("chat_template_kwargs")) {
            new RequestFields("chat_template_kwargs.", fields.get("chat_template_kwargs"))
                    .node()
                    .properties()
                    .forEach(
                            entry ->
                                    variables.put(
                                            entry.getKey(), RequestFields.plain(entry.getValue())));
        }
        if (fields.has("tools")) {
            variables.put("tools", RequestFields.plain(fields.list("tools")));
        }
        return new OfMessages(
                fields.text("model"),
                messages(fields.list("messages")),
                fields.flag("add_generation_prompt", true),
                variables,
                fields.flag("return_token_strs", false));
    }

    private static List<ChatMessage> messages(JsonNode list) {
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            RequestFields message = new RequestFields("messages[%d].".formatted(i), list.get(i));
            message.allow(
                    "role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content");
            messages.add(message(message));
        }
        return messages;
    }

    // javac leaves the type annotations of a compact constructor out of the class file
    @SuppressWarnings("NullAway")
    private static ChatMessage message(RequestFields fields) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>();
        for (String name : List.of("name", "tool_calls", "tool_call_id", "reasoning_content")) {
            if (fields.has(name)) {
                more.put(name, RequestFields.plain(fields.get(name)));
            }
        }
        // only a message that calls tools may say nothing
        boolean silent = !fields.has("content") && more.containsKey("tool_calls");
        return new ChatMessage(fields.text("role"), silent ? "" : fields.text("content"), more);
    }
}
