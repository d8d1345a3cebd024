package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.tokenization.StoredTokenizer.Place;
import dev.gyre.tokenization.TokenizerFiles.Format;
import dev.gyre.tokenization.TokenizerFiles.Hints;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.TokenizerFolder;
import dev.gyre.tokenizer.sentencepiece.SentencePieceModel;
import dev.gyre.tokenizer.wordpiece.WordPieceModel;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Brings tokenizers in from other tools' files, and out again.
@Singleton
public class Registry {
    /// Special tokens and chat template, beside the tokenizer's own files.
    static final String CONFIG = TokenizerStore.CONFIG;

    private final TokenizerStore tokenizers;

    Registry(TokenizerStore tokenizers) {
        this.tokenizers = tokenizers;
    }

    /// Checks and stores a tokenizer. Files that hold all of it are stored as they came.
    ///
    /// @param files content by name: the format's own files, perhaps [#CONFIG], which goes before
    ///   what the format's own files say
    /// @param subject who brings it
    /// @throws FailureException when a file is missing, damaged, or asks for something unsupported
    Place importFiles(
            String name, Format format, Map<String, byte[]> files, Hints hints, String subject) {
        tokenizers.checkNewName(name);
        hints.check(format);
        Tokenizer tokenizer;
        Map<String, byte[]> stored = new LinkedHashMap<>();
        try {
            TokenizerFiles.Content content = TokenizerFiles.read(format, files, hints);
            TokenizerFolder.Content whole = TokenizerFolder.content(content.tokenizer());
            byte[] own = files.getOrDefault(whole.name(), whole.bytes());
            stored.put(whole.name(), own);
            byte[] config = files.get(CONFIG);
            if (config == null && !content.config().equals(TokenizerConfig.EMPTY)) {
                config = content.config().format();
            }
            if (config != null) {
                stored.put(CONFIG, config);
            }
            // as it will be read from the store: what cannot be must not get there
            tokenizer = TokenizerStore.tokenizer(whole.name(), own, config(config));
        } catch (IllegalArgumentException refused) {
            throw FailureException.invalid("content", String.valueOf(refused.getMessage()));
        }
        return tokenizers.save(name, tokenizer, stored, subject);
    }

    private static TokenizerConfig config(byte @Nullable [] file) {
        if (file == null) {
            return TokenizerConfig.EMPTY;
        }
        if (file.length > TokenizerStore.MAX_SMALL_FILE_BYTES) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, the limit is %d"
                            .formatted(CONFIG, file.length, TokenizerStore.MAX_SMALL_FILE_BYTES));
        }
        return TokenizerConfig.parse(file);
    }

    /// The files of a tokenizer in a format.
    ///
    /// @throws FailureException when the format cannot hold it
    Map<String, byte[]> exportFiles(StoredTokenizer tokenizer, Format format) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try {
            files.putAll(TokenizerFiles.write(format, tokenizer.tokenizer()));
        } catch (IllegalArgumentException refused) {
            throw FailureException.invalid("format", String.valueOf(refused.getMessage()));
        }
        if (!tokenizer.config().equals(TokenizerConfig.EMPTY)) {
            files.put(CONFIG, tokenizer.config().format());
        }
        return files;
    }

    /// The algorithm of a tokenizer, in the words of the contract.
    static String algorithm(Tokenizer tokenizer) {
        return switch (tokenizer.definition().model()) {
            case BpeModel _ -> tokenizer.definition().isByteLevel() ? "byte-level-bpe" : "bpe";
            case WordPieceModel _ -> "wordpiece";
            case SentencePieceModel model
                    when model.algorithm() == SentencePieceModel.Algorithm.BPE ->
                    "bpe";
            default -> "unigram";
        };
    }
}
