package dev.gyre.inference.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.access.FailureException;
import dev.gyre.inference.completions.CompletionRequest;
import dev.gyre.inference.completions.PromptForm;
import dev.gyre.inference.completions.SamplingWishes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request of the OpenAI API, read and checked.
///
/// @param completion what it asks for
/// @param stream whether the answer is sent as it grows
/// @param includeUsage whether a stream ends with the numbers of tokens
/// @param logprobs whether log-probabilities are told
/// @param returnTokenIds whether the token ids of prompt and answer are told
record OpenAiRequest(
        CompletionRequest completion,
        boolean stream,
        boolean includeUsage,
        boolean logprobs,
        boolean returnTokenIds) {
    private static final int MOST_LOGPROBS = 20;

    /// Reads the body of `/v1/completions`.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.Invalid] naming the field that is wrong
    static OpenAiRequest completions(byte[] body) {
        RequestFields fields = RequestFields.parse(body);
        PromptForm prompt = prompt(fields);
        Integer logprobs = fields.integer("logprobs");
        fields.only("echo", "false");
        fields.only("best_of", "1");
        return request(fields, prompt, logprobs != null, logprobs, fields.integer("max_tokens"));
    }

    /// Reads the body of `/v1/chat/completions`.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.Invalid] naming the field that is wrong
    static OpenAiRequest chat(byte[] body) {
        RequestFields fields = RequestFields.parse(body);
        PromptForm prompt = messages(fields);
        boolean logprobs = fields.flag("logprobs");
        Integer top = fields.integer("top_logprobs");
        if (top != null && !logprobs) {
            throw FailureException.invalid("top_logprobs", "top_logprobs needs logprobs: true");
        }
        Integer older = fields.integer("max_tokens");
        Integer newer = fields.integer("max_completion_tokens");
        if (older != null && newer != null && !older.equals(newer)) {
            throw FailureException.invalid(
                    "max_tokens",
                    "max_tokens is "
                            + older
                            + " and max_completion_tokens is "
                            + newer
                            + "; give only one");
        }
        fields.only("response_format", "{\"type\":\"text\"}");
        fields.only("modalities", "[\"text\"]");
        fields.only("store", "false");
        fields.only("tools", "[]");
        fields.only("tool_choice", "\"none\"");
        return request(fields, prompt, logprobs, top, newer == null ? older : newer);
    }

    private static OpenAiRequest request(
            RequestFields fields,
            PromptForm prompt,
            boolean logprobs,
            @Nullable Integer top,
            @Nullable Integer maxTokens) {
        int topCount = top == null ? 0 : top;
        if (topCount < 0 || topCount > MOST_LOGPROBS) {
            throw FailureException.invalid(
                    "logprobs",
                    "logprobs is " + topCount + ", it must be from 0 to " + MOST_LOGPROBS);
        }
        boolean stream = fields.flag("stream");
        boolean includeUsage = includeUsage(fields, stream);
        fields.only("n", "1");
        fields.only("logit_bias", "{}");
        OpenAiRequest request =
                new OpenAiRequest(
                        new CompletionRequest(
                                fields.requiredText("model"),
                                prompt,
                                wishes(fields, maxTokens),
                                topCount),
                        stream,
                        includeUsage,
                        logprobs,
                        fields.flag("return_token_ids"));
        fields.done();
        return request;
    }

    private static SamplingWishes wishes(RequestFields fields, @Nullable Integer maxTokens) {
        return new SamplingWishes(
                fields.number("temperature"),
                fields.integer("top_k"),
                fields.number("top_p"),
                fields.number("presence_penalty"),
                fields.number("frequency_penalty"),
                fields.number("repetition_penalty"),
                fields.longInteger("seed"),
                maxTokens,
                stop(fields),
                fields.flag("ignore_eos"),
                fields.flag("reproducible"));
    }

    private static boolean includeUsage(RequestFields fields, boolean stream) {
        JsonNode value = fields.value("stream_options");
        if (value == null) {
            return false;
        }
        if (!stream) {
            throw FailureException.invalid("stream_options", "stream_options needs stream: true");
        }
        RequestFields options = new RequestFields(value, "stream_options.");
        boolean includeUsage = options.flag("include_usage");
        options.only("include_obfuscation", "false");
        options.done();
        return includeUsage;
    }

    private static List<String> stop(RequestFields fields) {
        JsonNode value = fields.value("stop");
        if (value == null) {
            return List.of();
        }
        if (value.isTextual()) {
            return List.of(value.textValue());
        }
        List<String> stops = new ArrayList<>();
        for (JsonNode text : value) {
            if (text.isTextual()) {
                stops.add(text.textValue());
            }
        }
        if (!value.isArray() || stops.size() != value.size()) {
            throw fields.wrong("stop", "a string or a list of strings", value);
        }
        return stops;
    }

    /// A string, a list of token ids, or a list with one of either.
    private static PromptForm prompt(RequestFields fields) {
        JsonNode value = fields.value("prompt");
        if (value == null) {
            throw FailureException.invalid("prompt", "prompt is missing");
        }
        if (value.isTextual()) {
            return new PromptForm.Text(value.textValue());
        }
        if (value.isArray() && !value.isEmpty() && value.get(0).isNumber()) {
            return new PromptForm.TokenIds(ids(fields, value));
        }
        if (value.isArray() && value.size() > 1) {
            throw FailureException.invalid(
                    "prompt",
                    "prompt is a list of "
                            + value.size()
                            + " prompts, only 1 is supported; send a request for each");
        }
        if (value.isArray() && value.size() == 1 && value.get(0).isTextual()) {
            return new PromptForm.Text(value.get(0).textValue());
        }
        if (value.isArray() && value.size() == 1 && value.get(0).isArray()) {
            return new PromptForm.TokenIds(ids(fields, value.get(0)));
        }
        throw fields.wrong("prompt", "a string or a list of token ids", value);
    }

    private static int[] ids(RequestFields fields, JsonNode list) {
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = list.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw fields.wrong("prompt", "token ids", id);
            }
            ids[i] = id.intValue();
        }
        return ids;
    }

    private static PromptForm messages(RequestFields fields) {
        JsonNode list = fields.value("messages");
        if (list == null || !list.isArray() || list.isEmpty()) {
            throw FailureException.invalid(
                    "messages", "messages is missing or empty; give at least one message");
        }
        List<PromptForm.Turn> turns = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            RequestFields message = new RequestFields(list.get(i), "messages[" + i + "].");
            String role = message.requiredText("role");
            if (!List.of("system", "user", "assistant").contains(role)) {
                throw FailureException.invalid(
                        "messages[" + i + "].role",
                        "messages["
                                + i
                                + "].role is "
                                + role
                                + ", it must be system, user or assistant");
            }
            turns.add(new PromptForm.Turn(role, content(message)));
            message.only("refusal", "null");
            message.done();
        }
        return new PromptForm.Chat(turns);
    }

    /// A string, or parts of type text, which are put together.
    private static String content(RequestFields message) {
        JsonNode content = message.value("content");
        if (content != null && content.isTextual()) {
            return content.textValue();
        }
        if (content == null || !content.isArray()) {
            throw message.wrong(
                    "content",
                    "a string or a list of text parts",
                    content == null
                            ? com.fasterxml.jackson.databind.node.NullNode.getInstance()
                            : content);
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode value : content) {
            RequestFields part = new RequestFields(value, "messages.content.");
            part.only("type", "\"text\"");
            text.append(part.requiredText("text"));
            part.done();
        }
        return text.toString();
    }
}
