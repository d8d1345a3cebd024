package dev.gyre.tokenization;

import dev.gyre.access.FailureException;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.chat.TokenizerConfig;
import dev.gyre.tokenizer.formats.BpeFiles;
import dev.gyre.tokenizer.formats.GgufFront;
import dev.gyre.tokenizer.formats.GgufMetadata;
import dev.gyre.tokenizer.formats.GgufTokenizer;
import dev.gyre.tokenizer.formats.SentencePieceFile;
import dev.gyre.tokenizer.formats.TiktokenFile;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.formats.WordPieceFile;
import dev.gyre.tokenizer.pipeline.Model;
import dev.gyre.tokenizer.split.SplitPattern;
import dev.gyre.tokenizer.wordpiece.WordPieceModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The files that tokenizers come in: those of other tools, and the one that the store keeps.
final class TokenizerFiles {
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String GGUF_FILE = "model.gguf";

    private TokenizerFiles() {}

    /// Formats of tokenizer files.
    enum Format {
        /// Hugging Face's tokenizer.json.
        TOKENIZER_JSON(TokenizerStore.TOKENIZER),
        /// SentencePiece's .model.
        SENTENCEPIECE(TokenizerStore.SENTENCEPIECE),
        /// tiktoken's rank file.
        TIKTOKEN("ranks.tiktoken"),
        /// GPT-2's pair of files.
        VOCAB_AND_MERGES(VOCABULARY, MERGES),
        /// BERT's.
        WORDPIECE_VOCAB("vocab.txt"),
        /// A model of llama.cpp with its tokenizer in front; it is only read.
        GGUF(GGUF_FILE);

        private final List<String> files;

        Format(String... files) {
            this.files = List.of(files);
        }

        /// Names of the format's files.
        List<String> files() {
            return files;
        }

        /// Whether the files tell neither how text is cut nor what is special.
        boolean isBare() {
            return this == TIKTOKEN || this == VOCAB_AND_MERGES;
        }
    }

    /// What bare files do not tell.
    ///
    /// @param pattern how text is cut into pieces; `null` where the files tell
    /// @param specialTokens ids by text; empty where the files tell
    /// @param cased whether upper case and accents are kept, for vocab.txt
    record Hints(
            @Nullable SplitPattern pattern, Map<String, Integer> specialTokens, boolean cased) {
        /// @throws FailureException when a format lacks one, or has no use for one
        void check(Format format) {
            if (format.isBare() && pattern == null) {
                throw FailureException.invalid(
                        "settings.split_pattern",
                        "%s does not say how text is cut into pieces; send split_pattern"
                                .formatted(String.join(" and ", format.files())));
            }
            refuse(!format.isBare() && pattern != null, "split_pattern", format);
            refuse(!format.isBare() && !specialTokens.isEmpty(), "special_tokens", format);
            refuse(format != Format.WORDPIECE_VOCAB && cased, "cased", format);
        }

        private static void refuse(boolean isSet, String field, Format format) {
            if (isSet) {
                throw FailureException.invalid(
                        "settings." + field,
                        "%s has no use for %s; leave it out".formatted(format, field));
            }
        }
    }

    /// What the files of a format hold.
    ///
    /// @param config chat template and special tokens, as far as the format has them
    record Content(Tokenizer tokenizer, TokenizerConfig config) {
        Content(Tokenizer tokenizer) {
            this(tokenizer, TokenizerConfig.EMPTY);
        }
    }

    /// Reads a tokenizer.
    ///
    /// @param files content by name, all of the format's
    /// @throws IllegalArgumentException when a file is damaged or asks for something unsupported
    static Content read(Format format, Map<String, byte[]> files, Hints hints) {
        byte[] first = content(files, format.files().getFirst());
        SplitPattern pattern = hints.pattern() == null ? SplitPattern.GPT2 : hints.pattern();
        Map<String, Integer> special = hints.specialTokens();
        return switch (format) {
            case TOKENIZER_JSON -> new Content(TokenizerJson.parse(first));
            case SENTENCEPIECE -> new Content(SentencePieceFile.parse(first));
            case TIKTOKEN -> new Content(TiktokenFile.parse(first, pattern, special));
            case VOCAB_AND_MERGES ->
                    new Content(BpeFiles.parse(first, content(files, MERGES), pattern, special));
            case WORDPIECE_VOCAB -> new Content(WordPieceFile.parse(first, !hints.cased()));
            case GGUF -> gguf(first);
        };
    }

    private static Content gguf(byte[] front) {
        try {
            GgufMetadata metadata = GgufFront.parse(front).metadata();
            return new Content(GgufTokenizer.tokenizer(metadata), GgufTokenizer.config(metadata));
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    "%s is refused: %s".formatted(GGUF_FILE, refused.getMessage()), refused);
        }
    }

    private static byte[] content(Map<String, byte[]> files, String name) {
        byte[] content = files.get(name);
        if (content == null) {
            throw FailureException.invalid(
                    "content", "no content came for %s; send the file".formatted(name));
        }
        return content;
    }

    /// Writes a tokenizer.
    ///
    /// @return content by name
    /// @throws IllegalArgumentException when the format cannot hold it
    static Map<String, byte[]> write(Format format, Tokenizer tokenizer) {
        String first = format.files().getFirst();
        Model model = tokenizer.definition().model();
        return switch (format) {
            case TOKENIZER_JSON -> Map.of(first, TokenizerJson.format(tokenizer));
            case SENTENCEPIECE -> Map.of(first, SentencePieceFile.format(tokenizer));
            case TIKTOKEN -> Map.of(first, TiktokenFile.format(tokenizer));
            case VOCAB_AND_MERGES -> {
                if (!(model instanceof BpeModel bpe)) {
                    throw new IllegalArgumentException(
                            "vocab.json and merges.txt hold BPE vocabularies only; write tokenizer.json");
                }
                Map<String, byte[]> files = new LinkedHashMap<>();
                files.put(VOCABULARY, BpeFiles.formatVocabulary(bpe));
                files.put(MERGES, BpeFiles.formatMerges(bpe));
                yield files;
            }
            case WORDPIECE_VOCAB -> {
                if (!(model instanceof WordPieceModel words)) {
                    throw new IllegalArgumentException(
                            "vocab.txt holds WordPiece vocabularies only; write tokenizer.json");
                }
                yield Map.of(first, WordPieceFile.format(words));
            }
            case GGUF ->
                    throw new IllegalArgumentException(
                            "GGUF holds a whole model and is only read; choose TOKENIZER_JSON, or SENTENCEPIECE for a tokenizer of SentencePiece");
        };
    }
}
