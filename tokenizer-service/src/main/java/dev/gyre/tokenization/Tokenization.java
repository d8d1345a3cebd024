package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.tokenizer.Encoding;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.chat.ChatMessage;
import dev.gyre.tokenizer.chat.ChatTemplate;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Encodes and decodes with the limits of the contract.
@Singleton
public class Tokenization {
    /// Longest text in bytes of UTF-8: 4 MiB.
    static final int MAX_TEXT_BYTES = 4 << 20;

    /// Most ids decoded at once.
    static final int MAX_IDS = 1_000_000;

    private final Turns turns;
    private final Counter encoded;
    private final Counter decoded;

    Tokenization(Turns turns, MeterRegistry registry) {
        this.turns = turns;
        encoded = registry.counter("gyre.tokenizer.tokens", "operation", "encode");
        decoded = registry.counter("gyre.tokenizer.tokens", "operation", "decode");
    }

    /// Token ids of a text.
    ///
    /// @param field name of the text's field, for the refusal
    /// @param framed whether the ids that the vocabulary puts around every text are added
    int[] encode(
            StoredTokenizer tokenizer,
            String text,
            SpecialTokens specialTokens,
            boolean framed,
            String field) {
        checkText(text, field);
        int[] ids =
                turns.take(
                        () -> {
                            int[] plain = tokenizer.tokenizer().encode(text, specialTokens);
                            return framed ? tokenizer.tokenizer().frame(plain) : plain;
                        });
        encoded.increment(ids.length);
        return ids;
    }

    /// Token ids of a conversation.
    ///
    /// @throws FailureException when the tokenizer has no chat template or it refuses the
    ///   conversation
    int[] encode(
            StoredTokenizer tokenizer,
            List<ChatMessage> messages,
            boolean generationPrompt,
            Map<String, @Nullable Object> variables) {
        int[] ids =
                turns.take(
                        () -> {
                            try {
                                return new ChatTemplate(tokenizer.tokenizer(), tokenizer.config())
                                        .encode(messages, generationPrompt, variables);
                            } catch (IllegalArgumentException refused) {
                                throw FailureException.invalid(
                                        "messages", String.valueOf(refused.getMessage()));
                            }
                        });
        encoded.increment(ids.length);
        return ids;
    }

    /// Token ids of a text and where they stand.
    ///
    /// @param field name of the text's field, for the refusal
    Encoding encodeWithOffsets(
            StoredTokenizer tokenizer, String text, SpecialTokens specialTokens, String field) {
        checkText(text, field);
        Encoding encoding =
                turns.take(() -> tokenizer.tokenizer().encodeWithOffsets(text, specialTokens));
        encoded.increment(encoding.size());
        return encoding;
    }

    /// Work on a text within the limits.
    ///
    /// @param text what is worked on, at most 4 MiB
    /// @param field name of the text's field, for the refusal
    <T> T work(String text, String field, Supplier<T> work) {
        checkText(text, field);
        return turns.take(work);
    }

    /// The conversation as the template writes it.
    ///
    /// @throws FailureException when the tokenizer has no chat template or it refuses the
    ///   conversation
    String render(
            StoredTokenizer tokenizer,
            List<ChatMessage> messages,
            boolean generationPrompt,
            Map<String, @Nullable Object> variables) {
        try {
            return new ChatTemplate(tokenizer.tokenizer(), tokenizer.config())
                    .render(messages, generationPrompt, variables);
        } catch (IllegalArgumentException refused) {
            throw FailureException.invalid("messages", String.valueOf(refused.getMessage()));
        }
    }

    private static void checkText(String text, String field) {
        // at most three bytes a character: the exact count is needed only near the limit
        if (text.length() > MAX_TEXT_BYTES / 3 && utf8Length(text) > MAX_TEXT_BYTES) {
            throw FailureException.invalid(
                    field,
                    "%s has %d bytes in UTF-8, the limit is %d; send it in parts"
                            .formatted(field, utf8Length(text), MAX_TEXT_BYTES));
        }
    }

    static long utf8Length(String text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            // a surrogate is half of four bytes
            length += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return length;
    }

    /// Text of token ids.
    ///
    /// @param field name of the ids' field, for the refusal
    String decode(StoredTokenizer tokenizer, int[] ids, boolean skipSpecialTokens, String field) {
        if (ids.length > MAX_IDS) {
            throw FailureException.invalid(
                    field,
                    "%s has %d ids, the limit is %d; send them in parts"
                            .formatted(field, ids.length, MAX_IDS));
        }
        String text =
                turns.take(
                        () -> {
                            try {
                                return tokenizer.tokenizer().decode(ids, skipSpecialTokens);
                            } catch (IllegalArgumentException unknown) {
                                throw FailureException.invalid(
                                        field, String.valueOf(unknown.getMessage()));
                            }
                        });
        decoded.increment(ids.length);
        return text;
    }
}
