package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The file beside a model that holds its tokenizer whole: `tokenizer.json`, or for SentencePiece's
/// own models, whose exact sums no tokenizer.json can hold, `tokenizer.model`.
public final class TokenizerFolder {
    /// tokenizer.json of Hugging Face tokenizers.
    public static final String TOKENIZER_JSON = "tokenizer.json";

    /// SentencePiece's .model.
    public static final String SENTENCEPIECE = "tokenizer.model";

    private TokenizerFolder() {}

    /// A tokenizer's file.
    ///
    /// @param name [#TOKENIZER_JSON] or [#SENTENCEPIECE]
    public record Content(String name, byte[] bytes) {}

    /// The file in a folder; tokenizer.json where both are there.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Path file(Path folder) {
        for (String name : List.of(TOKENIZER_JSON, SENTENCEPIECE)) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new IllegalArgumentException(
                "%s has neither %s nor %s".formatted(folder, TOKENIZER_JSON, SENTENCEPIECE));
    }

    /// The tokenizer in a folder; beside a `tokenizer.model`, tokenizer_config.json says what is
    /// put around every text.
    ///
    /// @throws IllegalArgumentException if there is none, or it is damaged or not supported
    /// @throws java.io.UncheckedIOException if it cannot be read
    public static Tokenizer load(Path folder) {
        Path file = file(folder);
        return file.endsWith(SENTENCEPIECE)
                ? SentencePieceFile.load(file, TokenizerConfig.load(folder))
                : TokenizerJson.load(file);
    }

    /// The file that holds a tokenizer whole.
    public static Content content(Tokenizer tokenizer) {
        return tokenizer.definition().model() instanceof SentencePieceModel
                ? new Content(SENTENCEPIECE, SentencePieceFile.format(tokenizer))
                : new Content(TOKENIZER_JSON, TokenizerJson.format(tokenizer));
    }

    /// Writes that file into a folder.
    ///
    /// @throws java.io.UncheckedIOException if it cannot be written
    public static void save(Tokenizer tokenizer, Path folder) {
        Content content = content(tokenizer);
        TokenizerFiles.save(folder.resolve(content.name()), content.bytes());
    }
}
