package dev.gyre.tokenizer.report;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.text.Utf8Text;
import java.text.BreakIterator;
import java.util.List;
import java.util.Locale;

/// How many tokens a text takes with a vocabulary: its fertility.
///
/// A word is a stretch between Unicode word boundaries (UAX 29, by [BreakIterator]) that has a
/// letter or a digit, so punctuation counts as tokens but not as words. Text without blanks between
/// words, such as Chinese, is cut by the rules for its script, not by a dictionary.
///
/// @param tokenizer name of the vocabulary
/// @param language name of the language or kind of text
/// @param tokens number of tokens
/// @param words number of words
/// @param bytes number of bytes in UTF-8
/// @param characters number of code points
/// @param vocabularySize number of token ids
public record Fertility(
        String tokenizer,
        String language,
        long tokens,
        long words,
        long bytes,
        long characters,
        int vocabularySize) {
    /// Measures a text.
    ///
    /// @param name what the report calls the vocabulary
    /// @param language what the report calls the text
    public static Fertility measure(
            Tokenizer tokenizer, String name, String language, String text) {
        return new Fertility(
                name,
                language,
                tokenizer.encode(text).length,
                words(text),
                Utf8Text.of(text).length(),
                text.codePointCount(0, text.length()),
                tokenizer.vocabularySize());
    }

    private static long words(String text) {
        BreakIterator boundaries = BreakIterator.getWordInstance(Locale.ROOT);
        boundaries.setText(text);
        long words = 0;
        int start = boundaries.first();
        for (int end = boundaries.next(); end != BreakIterator.DONE; end = boundaries.next()) {
            if (text.substring(start, end).codePoints().anyMatch(Character::isLetterOrDigit)) {
                words++;
            }
            start = end;
        }
        return words;
    }

    /// Tokens a word; NaN for a text without words.
    public double tokensPerWord() {
        return words == 0 ? Double.NaN : (double) tokens / words;
    }

    /// Bytes a token; NaN for a text without tokens.
    public double bytesPerToken() {
        return tokens == 0 ? Double.NaN : (double) bytes / tokens;
    }

    /// Characters a token; NaN for a text without tokens.
    public double charactersPerToken() {
        return tokens == 0 ? Double.NaN : (double) characters / tokens;
    }

    /// Parameters of an embedding that the output layer shares; untied it is twice as many.
    ///
    /// @param width width of the embedding
    public long tiedParameters(int width) {
        return (long) vocabularySize * width;
    }

    /// The rows as a Markdown table.
    ///
    /// @param width width of the embedding that a vocabulary's cost is told for
    public static String markdown(List<Fertility> rows, int width) {
        StringBuilder table = new StringBuilder();
        table.append(
                "| tokenizer | text | tokens per word | bytes per token | characters per token | vocabulary"
                        + " | parameters tied | untied |\n|---|---|---|---|---|---|---|---|\n");
        for (Fertility row : rows) {
            table.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %.2f | %.2f | %.2f | %,d | %.1fM | %.1fM |%n",
                            row.tokenizer(),
                            row.language(),
                            row.tokensPerWord(),
                            row.bytesPerToken(),
                            row.charactersPerToken(),
                            row.vocabularySize(),
                            row.tiedParameters(width) / 1e6,
                            2 * row.tiedParameters(width) / 1e6));
        }
        return table.toString();
    }
}
