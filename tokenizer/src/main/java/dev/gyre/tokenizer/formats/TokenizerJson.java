package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Reads and writes the tokenizer.json of Hugging Face tokenizers.
///
/// Supported are BPE, WordPiece and Unigram models with nearly all normalizers, pre-tokenizers,
/// post-processors and decoders. What else a file asks for is refused by name, never ignored, since
/// the ids would be wrong.
public final class TokenizerJson {
    /// Largest file that is read; the largest vocabularies in use have 35 MB.
    public static final long MAX_FILE_BYTES = 128L << 20;

    static final ObjectMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(32)
                                                    .maxStringLength(1 << 20)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private TokenizerJson() {}

    /// Loads a tokenizer.json.
    ///
    /// @throws IllegalArgumentException if the file is damaged or asks for something unsupported;
    ///   the message names the field
    /// @throws UncheckedIOException if the file cannot be read
    public static Tokenizer load(Path file) {
        return TokenizerFiles.load(file, MAX_FILE_BYTES, TokenizerJson::parse);
    }

    /// Reads a tokenizer.json from memory.
    ///
    /// @param json the file's bytes, UTF-8
    /// @throws IllegalArgumentException if it is damaged or asks for something unsupported; the
    ///   message names the field
    public static Tokenizer parse(byte[] json) {
        return new Tokenizer(TokenizerJsonReader.read(new JsonFields("", tree(json))));
    }

    /// The tree of a JSON file.
    ///
    /// @throws IllegalArgumentException if it is none, or nested too deep
    static JsonNode tree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not valid JSON: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The tokenizer.json of a tokenizer; the same tokenizer gives the same bytes. One of
    /// SentencePiece is said in the terms of tokenizer.json: the ids stay, but for the last bit of
    /// sums of scores and what Hugging Face tokenizers does otherwise with special tokens.
    ///
    /// @throws IllegalArgumentException if tokenizer.json cannot say it
    public static byte[] format(Tokenizer tokenizer) {
        try {
            return JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(TokenizerJsonWriter.write(JSON, tokenizer.definition()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings and numbers was not written", e);
        }
    }

    /// Writes the tokenizer.json of a tokenizer, replacing the file if there is one.
    ///
    /// @throws UncheckedIOException if the file cannot be written
    public static void save(Tokenizer tokenizer, Path file) {
        TokenizerFiles.save(file, format(tokenizer));
    }
}
