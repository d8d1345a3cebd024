package dev.gyre.inference.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.inference.completions.Answer;
import dev.gyre.inference.completions.Completion;
import dev.gyre.inference.generate.FinishReason;
import dev.gyre.inference.generate.GeneratedToken;
import dev.gyre.inference.generate.Part;
import dev.gyre.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes one answer in the OpenAI API's form, whole or in chunks.
///
/// Beside what the API has, there is an object `gyre` with the version that answered and the seed,
/// and token ids as vLLM tells them (`return_token_ids`).
final class OpenAiResponses {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Completion completion;
    private final OpenAiRequest request;
    private final boolean chat;
    private final Tokenizer tokenizer;
    private int textOffset;

    /// @param chat whether the form is that of `/v1/chat/completions`
    OpenAiResponses(Completion completion, OpenAiRequest request, boolean chat) {
        this.completion = completion;
        this.request = request;
        this.chat = chat;
        this.tokenizer = completion.model().tokenizer();
    }

    /// The whole answer.
    ObjectNode whole(Answer answer) {
        ObjectNode response = head(chat ? "chat.completion" : "text_completion");
        ObjectNode choice = choice(response, answer.tokens(), answer.finish());
        if (chat) {
            ObjectNode message = choice.putObject("message");
            message.put("role", "assistant").put("content", answer.text()).putNull("refusal");
            if (request.returnTokenIds()) {
                response.set("prompt_token_ids", promptIds());
            }
        } else {
            choice.put("text", answer.text());
            if (request.returnTokenIds()) {
                choice.set("prompt_token_ids", promptIds());
            }
        }
        response.set("usage", usage(answer.tokens().size()));
        return response;
    }

    /// What a chat stream begins with: the role.
    ObjectNode firstChunk() {
        ObjectNode response = head("chat.completion.chunk");
        ObjectNode choice = choice(response, List.of(), null);
        choice.putObject("delta").put("role", "assistant").put("content", "").putNull("refusal");
        if (request.returnTokenIds()) {
            response.set("prompt_token_ids", promptIds());
        }
        return response;
    }

    /// The next part of the answer.
    ///
    /// @param first whether nothing came before it
    ObjectNode chunk(Part part, boolean first) {
        ObjectNode response = head(chat ? "chat.completion.chunk" : "text_completion");
        FinishReason finish = part.finish();
        ObjectNode choice = choice(response, part.tokens(), finish);
        if (chat) {
            ObjectNode delta = choice.putObject("delta");
            if (!part.text().isEmpty() || finish == null) {
                delta.put("content", part.text());
            }
        } else {
            choice.put("text", part.text());
            if (request.returnTokenIds() && first) {
                choice.set("prompt_token_ids", promptIds());
            }
        }
        return response;
    }

    /// The last chunk, with the numbers of tokens.
    ObjectNode usageChunk(int generated) {
        ObjectNode response = head(chat ? "chat.completion.chunk" : "text_completion");
        response.putArray("choices");
        response.set("usage", usage(generated));
        return response;
    }

    /// JSON as UTF-8.
    static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode head(String object) {
        String manifest = completion.model().manifestSha256();
        ObjectNode response =
                JSON.objectNode()
                        .put("id", completion.id())
                        .put("object", object)
                        .put("created", completion.accepted().getEpochSecond())
                        .put("model", completion.request().model())
                        .put(
                                "system_fingerprint",
                                "fp_"
                                        + manifest.substring(0, 12)
                                        + "_"
                                        + completion.model().variant());
        response.putObject("gyre")
                .put("model_version", completion.model().version().toString())
                .put("variant", completion.model().variant())
                .put("seed", completion.sampling().seed())
                .put("reproducible", completion.model().reproducible());
        if (request.includeUsage()) {
            response.putNull("usage");
        }
        return response;
    }

    private ObjectNode choice(
            ObjectNode response, List<GeneratedToken> tokens, @Nullable FinishReason finish) {
        ObjectNode choice = response.putArray("choices").addObject().put("index", 0);
        choice.set(
                "logprobs",
                !request.logprobs()
                        ? JSON.nullNode()
                        : chat ? chatLogprobs(tokens) : completionLogprobs(tokens));
        choice.put("finish_reason", finish == null ? null : name(finish));
        if (request.returnTokenIds()) {
            ArrayNode ids = choice.putArray("token_ids");
            tokens.forEach(token -> ids.add(token.id()));
        }
        return choice;
    }

    private static String name(FinishReason finish) {
        return switch (finish) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CANCELLED -> "cancelled";
        };
    }

    private ArrayNode promptIds() {
        ArrayNode ids = JSON.arrayNode();
        for (int id : completion.promptIds()) {
            ids.add(id);
        }
        return ids;
    }

    private ObjectNode usage(int generated) {
        int prompt = completion.promptIds().length;
        return JSON.objectNode()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", generated)
                .put("total_tokens", prompt + generated);
    }

    private ObjectNode completionLogprobs(List<GeneratedToken> tokens) {
        ObjectNode logprobs = JSON.objectNode();
        ArrayNode texts = logprobs.putArray("tokens");
        ArrayNode values = logprobs.putArray("token_logprobs");
        ArrayNode tops = logprobs.putArray("top_logprobs");
        ArrayNode offsets = logprobs.putArray("text_offset");
        for (GeneratedToken token : tokens) {
            String text = text(token.id());
            texts.add(text);
            values.add(token.logprob());
            ObjectNode top = tops.addObject();
            token.top().forEach(each -> top.put(text(each.id()), each.logprob()));
            offsets.add(textOffset);
            textOffset += text.length();
        }
        return logprobs;
    }

    private ObjectNode chatLogprobs(List<GeneratedToken> tokens) {
        ObjectNode logprobs = JSON.objectNode();
        ArrayNode content = logprobs.putArray("content");
        for (GeneratedToken token : tokens) {
            ObjectNode entry = entry(content.addObject(), token.id(), token.logprob());
            ArrayNode top = entry.putArray("top_logprobs");
            token.top().forEach(each -> entry(top.addObject(), each.id(), each.logprob()));
        }
        logprobs.putNull("refusal");
        return logprobs;
    }

    private ObjectNode entry(ObjectNode entry, int id, float logprob) {
        entry.put("token", text(id)).put("logprob", logprob);
        ArrayNode bytes = entry.putArray("bytes");
        for (byte value : tokenBytes(id)) {
            bytes.add(value & 0xff);
        }
        return entry;
    }

    private String text(int id) {
        return new String(tokenBytes(id), StandardCharsets.UTF_8);
    }

    private byte[] tokenBytes(int id) {
        return id < tokenizer.vocabularySize() ? tokenizer.tokenBytes(id) : new byte[0];
    }

    /// A JSON object of the API's error form.
    ///
    /// @param param name of the field that is wrong, or null
    static ObjectNode error(
            String message, String type, @Nullable String param, @Nullable String code) {
        ObjectNode error = MAPPER.createObjectNode();
        error.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return error;
    }
}
