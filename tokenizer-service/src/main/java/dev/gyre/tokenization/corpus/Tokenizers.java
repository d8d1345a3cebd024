package dev.gyre.tokenization.corpus;

import dev.gyre.tokenizer.Tokenizer;

/// The tokenizers that a corpus can be sealed with.
public interface Tokenizers {
    /// The tokenizer that a caller names, as `name` or `name@version`.
    ///
    /// @throws dev.gyre.access.FailureException when there is none
    Named find(String reference);

    /// A tokenizer of the store.
    ///
    /// @param reference `name@version`
    /// @param sha256 hash of its tokenizer.json
    record Named(String reference, String sha256, Tokenizer tokenizer) {}
}
