package dev.gyre.tokenizer.formats;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.pipeline.AddedToken;
import dev.gyre.tokenizer.pipeline.Decoder;
import dev.gyre.tokenizer.pipeline.Normalizer;
import dev.gyre.tokenizer.pipeline.PostProcessor;
import dev.gyre.tokenizer.pipeline.PreTokenizer;
import dev.gyre.tokenizer.pipeline.TokenizerDefinition;
import dev.gyre.tokenizer.text.CharacterClasses;
import dev.gyre.tokenizer.wordpiece.WordPieceModel;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and writes BERT's `vocab.txt`: one token a line, the line's number from 0 is its id.
public final class WordPieceFile {
    private static final String UNKNOWN = "[UNK]";
    private static final String SEPARATOR = "[SEP]";
    private static final String START = "[CLS]";

    /// What transformers takes for control tokens of BERT, where the vocabulary has them.
    private static final List<String> SPECIAL =
            List.of(UNKNOWN, SEPARATOR, START, "[PAD]", "[MASK]");

    private static final String PREFIX = "##";
    private static final int MOST_CHARACTERS = 100;

    private WordPieceFile() {}

    /// Loads BERT's tokenizer.
    ///
    /// @param lowercase whether text is brought into lower case without accents, as for the
    ///   "uncased" models; the file does not say
    /// @throws IllegalArgumentException if the file is damaged or has no `[UNK]`
    /// @throws UncheckedIOException if it cannot be read
    public static Tokenizer load(Path file, boolean lowercase) {
        return TokenizerFiles.load(
                file, TokenizerJson.MAX_FILE_BYTES, bytes -> parse(bytes, lowercase));
    }

    /// The tokenizer of a file's bytes; see [#load].
    ///
    /// @throws IllegalArgumentException if the file is damaged or has no `[UNK]`
    public static Tokenizer parse(byte[] file, boolean lowercase) {
        Map<String, Integer> vocabulary = new HashMap<>();
        List<String> lines = TokenizerFiles.lines(file);
        for (int id = 0; id < lines.size(); id++) {
            Integer other = vocabulary.put(trimEnd(lines.get(id)), id);
            if (other != null) {
                throw new IllegalArgumentException(
                        "lines %d and %d have the same token \"%s\""
                                .formatted(
                                        other + 1, id + 1, TokenizerFiles.shorten(lines.get(id))));
            }
        }
        List<AddedToken> added = new ArrayList<>();
        for (String content : SPECIAL) {
            AddedToken token = special(vocabulary, content);
            if (token != null) {
                added.add(token);
            }
        }
        AddedToken start = special(vocabulary, START);
        AddedToken separator = special(vocabulary, SEPARATOR);
        return new Tokenizer(
                new TokenizerDefinition(
                        new Normalizer.Bert(true, true, lowercase, lowercase),
                        new PreTokenizer.Bert(),
                        new WordPieceModel(vocabulary, UNKNOWN, PREFIX, MOST_CHARACTERS),
                        added,
                        start == null || separator == null
                                ? PostProcessor.NONE
                                : PostProcessor.bert(special(start), special(separator)),
                        new Decoder(List.of(new Decoder.WordPiece(PREFIX, true)))));
    }

    private static @Nullable AddedToken special(Map<String, Integer> vocabulary, String content) {
        Integer id = vocabulary.get(content);
        return id == null ? null : new AddedToken(id, content, true, false);
    }

    private static PostProcessor.Special special(AddedToken token) {
        return new PostProcessor.Special(token.content(), List.of(token.id()), 0);
    }

    /// Without the whitespace at the end.
    private static String trimEnd(String line) {
        int end = line.length();
        while (end > 0 && CharacterClasses.isSpace(CharacterClasses.of(line.charAt(end - 1)))) {
            end--;
        }
        return line.substring(0, end);
    }

    /// Writes the vocabulary.
    ///
    /// @throws IllegalArgumentException if ids are missing between 0 and the highest, or a token
    ///   cannot stand on a line
    /// @throws UncheckedIOException if the file cannot be written
    public static void save(WordPieceModel model, Path file) {
        TokenizerFiles.save(file, format(model));
    }

    /// The bytes of the file.
    ///
    /// @throws IllegalArgumentException if it cannot hold the vocabulary
    public static byte[] format(WordPieceModel model) {
        StringBuilder text = new StringBuilder();
        List<Map.Entry<String, Integer>> tokens = new ArrayList<>(model.vocabulary().entrySet());
        tokens.sort(Map.Entry.comparingByValue());
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id).getKey();
            if (tokens.get(id).getValue() != id) {
                throw new IllegalArgumentException(
                        "no token has the id %d, so that vocab.txt cannot hold the vocabulary; write a tokenizer.json"
                                .formatted(id));
            }
            if (token.indexOf('\n') >= 0 || !token.equals(trimEnd(token))) {
                throw new IllegalArgumentException(
                        "vocab.txt cannot hold the token \"%s\", which has a line end or ends with whitespace; write a tokenizer.json"
                                .formatted(TokenizerFiles.shorten(token)));
            }
            text.append(token).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
