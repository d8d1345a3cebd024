package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.bpe.BpeModel.Merge;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.split.SplitPattern;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and writes GPT-2's pair of files: `vocab.json`, an object from tokens to ids, and
/// `merges.txt`, one merge a line behind a line `#version: 0.2`.
///
/// The two say nothing of how text is cut into pieces nor which tokens are special; a caller has to
/// know. [TokenizerJson] holds all of it.
public final class BpeFiles {
    private static final String VERSION = "#version";

    private BpeFiles() {}

    /// Loads a byte-level tokenizer, as GPT-2 and RoBERTa came.
    ///
    /// @param pattern how text is cut into pieces
    /// @param specialTokens texts of the control tokens, for example `<|endoftext|>`; those that
    ///   the vocabulary lacks get the next free ids
    /// @throws IllegalArgumentException if a file is damaged; the message names it and the place
    /// @throws UncheckedIOException if a file cannot be read
    public static Tokenizer load(
            Path vocabulary, Path merges, SplitPattern pattern, List<String> specialTokens) {
        BpeModel model = loadModel(vocabulary, merges, null, BpeModel.Options.PLAIN);
        return new Tokenizer(
                TokenizerDefinition.byteLevel(
                        false,
                        pattern,
                        model,
                        special(model.vocabulary(), specialTokens),
                        PostProcessor.NONE));
    }

    /// A byte-level tokenizer from the bytes of both files.
    ///
    /// @param pattern how text is cut into pieces
    /// @param specialTokens ids of the control tokens by their text: those of the vocabulary, or
    ///   free ones
    /// @throws IllegalArgumentException if a file is damaged, or an id is not the vocabulary's
    public static Tokenizer parse(
            byte[] vocabulary,
            byte[] merges,
            SplitPattern pattern,
            Map<String, Integer> specialTokens) {
        BpeModel model =
                new BpeModel(
                        parseVocabulary(vocabulary),
                        parseMerges(merges),
                        null,
                        BpeModel.Options.PLAIN);
        List<AddedToken> special = new ArrayList<>();
        specialTokens.forEach(
                (content, id) -> {
                    Integer known = model.vocabulary().get(content);
                    if (known == null ? model.vocabulary().containsValue(id) : !known.equals(id)) {
                        throw new IllegalArgumentException(
                                known == null
                                        ? "the id %d of the special token \"%s\" is another token's"
                                                .formatted(id, content)
                                        : "the special token \"%s\" has the id %d in the vocabulary, not %d"
                                                .formatted(content, known, id));
                    }
                    special.add(new AddedToken(id, content, true, false));
                });
        special.sort(Comparator.comparingInt(AddedToken::id));
        return new Tokenizer(
                TokenizerDefinition.byteLevel(false, pattern, model, special, PostProcessor.NONE));
    }

    /// Loads the model alone.
    ///
    /// @param unknownToken token for what the vocabulary lacks; `null` to leave it out
    /// @param options how pieces begin
    /// @throws IllegalArgumentException if a file is damaged; the message names it and the place
    /// @throws UncheckedIOException if a file cannot be read
    public static BpeModel loadModel(
            Path vocabulary, Path merges, @Nullable String unknownToken, BpeModel.Options options) {
        return new BpeModel(
                TokenizerFiles.load(
                        vocabulary, TokenizerJson.MAX_FILE_BYTES, BpeFiles::parseVocabulary),
                TokenizerFiles.load(merges, TokenizerJson.MAX_FILE_BYTES, BpeFiles::parseMerges),
                unknownToken,
                options);
    }

    private static List<AddedToken> special(
            Map<String, Integer> vocabulary, List<String> contents) {
        int next = vocabulary.values().stream().mapToInt(id -> id + 1).max().orElse(0);
        List<AddedToken> tokens = new ArrayList<>();
        for (String content : contents) {
            Integer id = vocabulary.get(content);
            tokens.add(new AddedToken(id != null ? id : next++, content, true, false));
        }
        return tokens;
    }

    private static Map<String, Integer> parseVocabulary(byte[] file) {
        return ModelJson.readVocabulary(new JsonFields("", TokenizerJson.tree(file)));
    }

    private static List<Merge> parseMerges(byte[] file) {
        List<Merge> merges = new ArrayList<>();
        int number = 0;
        for (String line : TokenizerFiles.lines(file)) {
            number++;
            if (line.startsWith(VERSION)) {
                continue;
            }
            int space = line.indexOf(' ');
            if (space < 1 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
                throw new IllegalArgumentException(
                        "line %d must be two tokens with a blank between, not \"%s\""
                                .formatted(number, TokenizerFiles.shorten(line)));
            }
            merges.add(new Merge(line.substring(0, space), line.substring(space + 1)));
        }
        return merges;
    }

    /// Writes both files, as Hugging Face tokenizers does.
    ///
    /// @throws IllegalArgumentException if `merges.txt` cannot hold a token of a merge, since it
    ///   has a blank or a line end
    /// @throws UncheckedIOException if a file cannot be written
    public static void save(BpeModel model, Path vocabulary, Path merges) {
        byte[] vocabularyBytes = formatVocabulary(model);
        byte[] mergesBytes = formatMerges(model);
        TokenizerFiles.save(vocabulary, vocabularyBytes);
        TokenizerFiles.save(merges, mergesBytes);
    }

    /// The bytes of `vocab.json`.
    public static byte[] formatVocabulary(BpeModel model) {
        try {
            return TokenizerJson.JSON.writeValueAsBytes(
                    ModelJson.writeVocabulary(
                            TokenizerJson.JSON.createObjectNode(), model.vocabulary()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings and numbers was not written", e);
        }
    }

    /// The bytes of `merges.txt`.
    ///
    /// @throws IllegalArgumentException if it cannot hold a token of a merge
    public static byte[] formatMerges(BpeModel model) {
        StringBuilder text = new StringBuilder(VERSION).append(": 0.2\n");
        for (Merge merge : model.merges()) {
            requirePlain(merge.left());
            requirePlain(merge.right());
            if (merge.left().startsWith(VERSION)) {
                throw new IllegalArgumentException(
                        "merges.txt cannot begin a merge with \"%s\"".formatted(merge.left()));
            }
            text.append(merge.left()).append(' ').append(merge.right()).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void requirePlain(String token) {
        if (token.indexOf(' ') >= 0 || token.indexOf('\n') >= 0 || token.endsWith("\r")) {
            throw new IllegalArgumentException(
                    "merges.txt cannot hold the token \"%s\", which has a blank or a line end; write a tokenizer.json"
                            .formatted(TokenizerFiles.shorten(token)));
        }
    }
}
