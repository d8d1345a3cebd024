package dev.gyre.tokenizer.chat;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.jinja.JinjaTemplate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns a conversation into the token ids that a chat model was trained on.
///
/// ```java
/// ChatTemplate template = new ChatTemplate(tokenizer, config);
/// int[] prompt = template.encode(List.of(new ChatMessage("user", "Hello")), true);
/// ```
///
/// The template is a Jinja template, as in tokenizer_config.json. Text and ids equal those of
/// transformers' `apply_chat_template`, with one difference on purpose: special tokens that the
/// template writes become control tokens, the same text typed by a person stays text, so that
/// nobody can end the turn of a message from inside it.
///
/// Thread-safe.
public final class ChatTemplate {
    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final Tokenizer tokenizer;
    private final String source;
    private final JinjaTemplate template;
    private final Map<String, String> specialTokens;
    private final Clock clock;

    /// @param config its chat template and special tokens
    /// @throws IllegalArgumentException if the configuration has no chat template, or one that is
    ///   not valid or not supported
    public ChatTemplate(Tokenizer tokenizer, TokenizerConfig config) {
        this(tokenizer, config, Clock.systemDefaultZone());
    }

    /// @param clock the time that templates write into the prompt
    public ChatTemplate(Tokenizer tokenizer, TokenizerConfig config, Clock clock) {
        this.tokenizer = tokenizer;
        this.clock = clock;
        source = requireTemplate(config);
        template = JinjaTemplate.parse(source);
        specialTokens = config.namedTokens();
    }

    private static String requireTemplate(TokenizerConfig config) {
        String template = config.chatTemplate();
        if (template == null) {
            throw new IllegalArgumentException(
                    "this tokenizer has no chat template; use plain prompts, or set chat_template");
        }
        return template;
    }

    /// Token ids of a conversation.
    ///
    /// @param addGenerationPrompt whether the opening of the assistant's answer follows
    /// @throws IllegalArgumentException if the template refuses the conversation
    public int[] encode(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return encode(messages, addGenerationPrompt, Map.of());
    }

    /// Token ids of a conversation.
    ///
    /// @param variables further values for the template, such as `tools`: null, Boolean, Integer,
    ///   Long, Double, String, List and Map
    /// @throws IllegalArgumentException if the template refuses the conversation
    public int[] encode(
            List<ChatMessage> messages,
            boolean addGenerationPrompt,
            Map<String, ? extends @Nullable Object> variables) {
        char guard = unusedCharacter(messages, variables);
        Guard guarded = new Guard(tokenizer.specialTokens().keySet(), guard);
        String text = render(messages, addGenerationPrompt, variables, guarded);
        return tokenizer.encodeGuarded(text, guard);
    }

    /// The conversation as the template writes it, for people to read. Only [#encode] tells special
    /// tokens from the same text typed by a person.
    ///
    /// @throws IllegalArgumentException if the template refuses the conversation
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return render(messages, addGenerationPrompt, Map.of());
    }

    /// The conversation as the template writes it, for people to read.
    ///
    /// @param variables further values for the template, such as `tools`
    /// @throws IllegalArgumentException if the template refuses the conversation
    public String render(
            List<ChatMessage> messages,
            boolean addGenerationPrompt,
            Map<String, ? extends @Nullable Object> variables) {
        return render(messages, addGenerationPrompt, variables, new Guard(List.of(), ' '));
    }

    private String render(
            List<ChatMessage> messages,
            boolean addGenerationPrompt,
            Map<String, ? extends @Nullable Object> variables,
            Guard guard) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("the conversation has no messages");
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("tools", null);
        values.put("documents", null);
        variables.forEach((name, value) -> values.put(name, guard.value(value)));
        values.putAll(specialTokens);
        values.put("messages", messages.stream().map(message -> entries(message, guard)).toList());
        values.put("add_generation_prompt", addGenerationPrompt);
        try {
            return template.render(values, clock);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("chat template: " + e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> entries(ChatMessage message, Guard guard) {
        if (!ROLE.matcher(message.role()).matches()) {
            throw new IllegalArgumentException(
                    "role \"%s\" must be 1 to 64 letters, digits, hyphens or underscores"
                            .formatted(message.role()));
        }
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("role", message.role());
        entries.put("content", guard.text(message.content()));
        message.more().forEach((name, value) -> entries.put(name, guard.value(value)));
        return entries;
    }

    /// A character that neither the template nor the conversation has, to break special tokens
    /// with: the first such noncharacter or private-use character.
    private char unusedCharacter(
            List<ChatMessage> messages, Map<String, ? extends @Nullable Object> variables) {
        StringBuilder used = new StringBuilder(source);
        messages.forEach(message -> collect(message.content(), used));
        messages.forEach(message -> collect(message.more(), used));
        collect(variables, used);
        specialTokens.values().forEach(used::append);
        tokenizer.addedTokens().forEach(token -> used.append(token.content()));
        boolean[] seen = new boolean[0x10000];
        for (int i = 0; i < used.length(); i++) {
            seen[used.charAt(i)] = true;
        }
        for (int c = 0xFDD0; c <= 0xFDEF; c++) {
            if (!seen[c]) {
                return (char) c;
            }
        }
        for (int c = 0xE000; c <= 0xF8FF; c++) {
            if (!seen[c]) {
                return (char) c;
            }
        }
        throw new IllegalArgumentException(
                "the conversation has every noncharacter and every private-use character; remove one");
    }

    private static void collect(@Nullable Object value, StringBuilder used) {
        switch (value) {
            case String text -> used.append(text);
            case List<?> list -> list.forEach(item -> collect(item, used));
            case Map<?, ?> map ->
                    map.forEach(
                            (key, item) -> {
                                collect(key, used);
                                collect(item, used);
                            });
            case null, default -> {}
        }
    }

    /// Breaks the special tokens in texts that people typed, by a character put after the first
    /// one.
    private static final class Guard {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]*");

        private final Collection<String> tokens;
        private final char guard;

        Guard(Collection<String> tokens, char guard) {
            this.tokens = tokens;
            this.guard = guard;
        }

        @Nullable Object value(@Nullable Object value) {
            return switch (value) {
                case null -> null;
                case String text -> NAME.matcher(text).matches() ? name(text) : text(text);
                case Integer number -> Long.valueOf(number);
                case Boolean _, Long _, Double _ -> value;
                case List<?> list -> {
                    List<@Nullable Object> guarded = new ArrayList<>();
                    list.forEach(item -> guarded.add(value(item)));
                    yield guarded;
                }
                case Map<?, ?> map -> {
                    Map<Object, @Nullable Object> guarded = new LinkedHashMap<>();
                    map.forEach(
                            (key, item) ->
                                    guarded.put(Objects.requireNonNull(value(key)), value(item)));
                    yield guarded;
                }
                default ->
                        throw new IllegalArgumentException(
                                "a template takes no %s"
                                        .formatted(value.getClass().getSimpleName()));
            };
        }

        /// A name, such as the key `type` of a tool: templates compare and look up names, so only
        /// whole tokens are broken.
        private String name(String text) {
            boolean[] breakAfter = new boolean[text.length()];
            tokens.forEach(token -> markTokens(text, token, breakAfter));
            return broken(text, breakAfter);
        }

        String text(String text) {
            boolean[] breakAfter = new boolean[text.length()];
            for (String token : tokens) {
                markTokens(text, token, breakAfter);
                markEdges(text, token, breakAfter);
            }
            return broken(text, breakAfter);
        }

        private static void markTokens(String text, String token, boolean[] breakAfter) {
            for (int at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) {
                breakAfter[at] = true;
            }
        }

        private String broken(String text, boolean[] breakAfter) {
            StringBuilder guarded = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                guarded.append(text.charAt(i));
                if (breakAfter[i]) {
                    guarded.append(guard);
                }
            }
            return guarded.toString();
        }

        /// A text that ends like a token's beginning, or begins like its end, could complete one
        /// with what stands next to it.
        private static void markEdges(String text, String token, boolean[] breakAfter) {
            for (int part = 1; part < token.length(); part++) {
                if (part <= text.length()
                        && text.regionMatches(text.length() - part, token, 0, part)) {
                    breakAfter[text.length() - part] = true;
                }
                if (part <= text.length()
                        && text.regionMatches(0, token, token.length() - part, part)) {
                    breakAfter[0] = true;
                }
            }
            if (!text.isEmpty() && text.length() < token.length() && token.contains(text)) {
                breakAfter[0] = true;
            }
        }
    }
}
