package dev.gyre.tokenizer;

/// What the text of a special token, such as `<|im_end|>`, turns into.
public enum SpecialTokens {
    /// Ordinary tokens that spell it: right for whatever people type.
    AS_TEXT,
    /// The control token: right for text that the program itself has written.
    AS_CONTROL
}
