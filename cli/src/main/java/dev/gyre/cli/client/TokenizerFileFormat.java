package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import java.nio.file.Path;
import java.util.List;

/// The formats that tokenizers come in, and what the service calls their files.
enum TokenizerFileFormat {
    /// Hugging Face's.
    TOKENIZER_JSON("tokenizer.json"),
    /// SentencePiece's.
    SENTENCEPIECE("tokenizer.model"),
    /// tiktoken's rank file.
    TIKTOKEN("ranks.tiktoken"),
    /// GPT-2's.
    VOCAB_AND_MERGES("vocab.json", "merges.txt"),
    /// BERT's.
    WORDPIECE_VOCAB("vocab.txt");

    private final List<String> files;

    TokenizerFileFormat(String... files) {
        this.files = List.of(files);
    }

    /// Names of the files, in the order in which they are given.
    List<String> files() {
        return files;
    }

    /// The format that files with these names have.
    ///
    /// @throws CliException when the names do not tell
    static TokenizerFileFormat ofNames(List<Path> files) {
        if (files.size() > 1) {
            return VOCAB_AND_MERGES;
        }
        String name = files.getFirst().getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "json" -> TOKENIZER_JSON;
            case "model" -> SENTENCEPIECE;
            case "tiktoken" -> TIKTOKEN;
            case "txt" -> WORDPIECE_VOCAB;
            case "gguf" ->
                    throw new CliException(
                            "%s is a whole model: a job import_model of the trainer-service takes it with its tokenizer; a tokenizer alone is a tokenizer.json, .model, .tiktoken or vocab.txt"
                                    .formatted(files.getFirst()));
            default ->
                    throw new CliException(
                            "the name of %s does not tell its format; give --format"
                                    .formatted(files.getFirst()));
        };
    }
}
