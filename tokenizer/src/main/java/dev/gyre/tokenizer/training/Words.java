package dev.gyre.tokenizer.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The different pieces while merges are learned: each a row of token ids, which become fewer.
final class Words {
    private int[] tokens;
    private int[] starts;
    private int[] lengths;
    private long[] counts;
    private int @Nullable [] widths;
    private int size;
    private int tokenCount;

    /// @param words different pieces expected
    /// @param tokens token ids expected in all of them
    /// @param withWidths whether it is kept how many of the first tokens each token stands for
    Words(int words, int tokens, boolean withWidths) {
        this.tokens = new int[tokens];
        starts = new int[words];
        lengths = new int[words];
        counts = new long[words];
        widths = withWidths ? new int[tokens] : null;
    }

    /// Begins a word; its tokens follow.
    void begin(long count) {
        starts[size] = tokenCount;
        counts[size] = count;
        size++;
    }

    /// The next token of the word that was begun last.
    void addToken(int id) {
        if (widths != null) {
            widths[tokenCount] = 1;
        }
        tokens[tokenCount++] = id;
        lengths[size - 1]++;
    }

    int size() {
        return size;
    }

    long count(int word) {
        return counts[word];
    }

    /// Tokens of a word: `length(word)` of them from `start(word)` on.
    int[] tokens() {
        return tokens;
    }

    /// How many of its first tokens each token stands for; `null` if nobody asks.
    int @Nullable [] widths() {
        return widths;
    }

    int start(int word) {
        return starts[word];
    }

    int length(int word) {
        return lengths[word];
    }

    void shorten(int word, int length) {
        lengths[word] = length;
    }

    /// The tokens of a word.
    int[] word(int word) {
        return Arrays.copyOfRange(tokens, starts[word], starts[word] + lengths[word]);
    }
}
