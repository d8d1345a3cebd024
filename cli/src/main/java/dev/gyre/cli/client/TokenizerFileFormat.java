package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import dev.gyre.tokenizer.formats.GgufFront;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    WORDPIECE_VOCAB("vocab.txt"),
    /// llama.cpp's models, of which the front is sent. They are only read.
    GGUF("model.gguf");

    private final List<String> files;

    TokenizerFileFormat(String... files) {
        this.files = List.of(files);
    }

    /// Names of the files, in the order in which they are given.
    List<String> files() {
        return files;
    }

    /// Whether the files tell neither how text is cut nor what is special.
    boolean isBare() {
        return this == TIKTOKEN || this == VOCAB_AND_MERGES;
    }

    /// What a file holds of its tokenizer: all of it, or the front of a GGUF file, whose tensors
    /// may be gigabytes.
    ///
    /// @throws CliException when there is no such file, or it is no whole front of a GGUF file
    byte[] read(Path file) throws IOException {
        if (this != GGUF) {
            return readWhole(file);
        }
        try {
            return GgufFront.cut(existing(file));
        } catch (IllegalArgumentException refused) {
            throw new CliException(
                    "%s cannot be read as GGUF: %s".formatted(file, refused.getMessage()));
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    /// All of a file.
    ///
    /// @throws CliException when there is no such file
    static byte[] readWhole(Path file) throws IOException {
        return Files.readAllBytes(existing(file));
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CliException("there is no file " + file);
        }
        return file;
    }

    /// The formats that tokenizers are written in, for the help of `--format`.
    static final class Written extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Written() {
            for (TokenizerFileFormat format : values()) {
                if (format != GGUF) {
                    add(format.name());
                }
            }
        }
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
            case "gguf" -> GGUF;
            default ->
                    throw new CliException(
                            "the name of %s does not tell its format; give --format"
                                    .formatted(files.getFirst()));
        };
    }
}
