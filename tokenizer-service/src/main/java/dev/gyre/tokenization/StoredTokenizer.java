package dev.gyre.tokenization;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import org.jspecify.annotations.Nullable;

/// A tokenizer of the artifact store, loaded.
///
/// @param place where it is
/// @param config its special tokens and chat template; empty where it was trained alone
/// @param contextTokens longest text of its model in tokens, or `null` where there is no model
record StoredTokenizer(
        Place place, Tokenizer tokenizer, TokenizerConfig config, @Nullable Integer contextTokens) {

    /// @param name name of the package
    /// @param version version of the package
    /// @param folder folder of the package in the store
    /// @param sha256 hash of its tokenizer.json
    record Place(String name, String version, String folder, String sha256) {
        /// Name and version as callers write them.
        String reference() {
            return name + "@" + version;
        }
    }
}
