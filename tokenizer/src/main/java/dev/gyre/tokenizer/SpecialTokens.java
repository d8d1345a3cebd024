package dev.gyre.tokenizer;

import dev.gyre.tokenizer.pipeline.AddedToken;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the text of a special token, such as `<|im_end|>`, turns into.
public final class SpecialTokens {
    /// Ordinary tokens that spell it: right for whatever people type.
    public static final SpecialTokens AS_TEXT = new SpecialTokens(Set.of());

    /// The control token: right for text that the program itself has written.
    public static final SpecialTokens AS_CONTROL = new SpecialTokens(null);

    /// `null` for all.
    private final @Nullable Set<String> controls;

    private SpecialTokens(@Nullable Set<String> controls) {
        this.controls = controls;
    }

    /// These become control tokens, all others ordinary ones (tiktoken's `allowed_special`).
    ///
    /// @param contents texts of special tokens; one that the tokenizer does not have changes
    ///   nothing
    public static SpecialTokens only(Collection<String> contents) {
        return contents.isEmpty() ? AS_TEXT : new SpecialTokens(Set.copyOf(contents));
    }

    /// Whether an added token is cut out of the text.
    boolean cutsOut(AddedToken token) {
        return !token.special() || controls == null || controls.contains(token.content());
    }

    /// Whether only some become control tokens: these are then found inside others too.
    boolean areSome() {
        return controls != null && !controls.isEmpty();
    }
}
