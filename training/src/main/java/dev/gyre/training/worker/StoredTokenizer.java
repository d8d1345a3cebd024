package dev.gyre.training.worker;

import dev.gyre.artifacts.ModelVersion;
import dev.gyre.artifacts.Sha256;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.formats.Vocabularies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A tokenizer that a corpus was sealed with, by the name that tokenizer-service gave it.
///
/// @param tokenizer the tokenizer
/// @param file the file that holds it whole
record StoredTokenizer(Tokenizer tokenizer, TokenizerFolder.Content file) {
    /// Where the others are: a model's own, and those that were trained or imported alone.
    private static final List<String> KINDS = List.of("models", "tokenizers");

    /// Loads a tokenizer.
    ///
    /// @param store folder of the artifact store
    /// @param reference `name@version`
    /// @param sha256 hash that its file, or the rank file of a built-in one, must have
    /// @throws IllegalArgumentException when it is missing, is another one, or is damaged
    static StoredTokenizer load(Path store, String reference, String sha256) throws IOException {
        int at = reference.indexOf('@');
        if (at > 0 && reference.substring(at + 1).equals(Vocabularies.VERSION)) {
            String name = reference.substring(0, at);
            check(reference, Sha256.of(Vocabularies.ranks(name)), sha256);
            Tokenizer tokenizer = Vocabularies.load(name);
            return new StoredTokenizer(tokenizer, TokenizerFolder.content(tokenizer));
        }
        ModelVersion version = ModelVersion.parse(reference);
        for (String kind : KINDS) {
            Path folder = store.resolve(kind).resolve(version.name()).resolve(version.version());
            if (Files.isDirectory(folder)) {
                Path file = TokenizerFolder.file(folder);
                byte[] content = Files.readAllBytes(file);
                check(reference, Sha256.of(content), sha256);
                return new StoredTokenizer(
                        TokenizerFolder.load(folder),
                        new TokenizerFolder.Content(file.getFileName().toString(), content));
            }
        }
        throw new IllegalArgumentException(
                "the tokenizer %s that the corpus was sealed with is not in the artifact store; put it back, or seal the corpus with another"
                        .formatted(reference));
    }

    private static void check(String reference, String found, String expected) {
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(
                    "the tokenizer %s has SHA-256 %s, the corpus was sealed with %s; put that one back, or seal the corpus again"
                            .formatted(reference, found, expected));
        }
    }
}
