package dev.gyre.tokenizer;

import java.util.OptionalInt;

/// Counts the tokens of texts without keeping their ids.
///
/// @param tokenizer whose tokens are counted
/// @param specialTokens what the text of a special token turns into
public record TokenCounter(Tokenizer tokenizer, SpecialTokens specialTokens) {
    private static final int MOST_AT_ONCE = 1 << 16;

    /// What a counter looks at first if it may stop early.
    private static final int FIRST_PART = 256;

    /// Counts with special tokens as plain text.
    public TokenCounter(Tokenizer tokenizer) {
        this(tokenizer, SpecialTokens.AS_TEXT);
    }

    /// Number of tokens of a text, as many as encoding gives. Memory does not grow with the text
    /// where the vocabulary lets it be cut (see [StreamingEncoder]).
    ///
    /// @throws IllegalArgumentException if the text has more than 256 MiB in UTF-8 and cannot be
    ///   cut
    public int count(String text) {
        return count(text, MOST_AT_ONCE, Integer.MAX_VALUE);
    }

    /// Number of tokens of a text if it has no more than a limit. Stops reading soon after the
    /// limit where the vocabulary lets the text be cut.
    ///
    /// @param limit most tokens of interest, at least 0
    /// @return empty if the text has more
    public OptionalInt countUpTo(String text, int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "limit is %d; it must be at least 0".formatted(limit));
        }
        int count = count(text, FIRST_PART, limit);
        return count > limit ? OptionalInt.empty() : OptionalInt.of(count);
    }

    /// Encodes part by part, each up to twice as long as the one before, until there are more
    /// tokens than asked for.
    private int count(String text, int firstPart, int limit) {
        SafeCuts cuts = new SafeCuts(tokenizer.definition());
        int count = 0;
        int start = 0;
        int size = firstPart;
        int reach = Math.min(text.length(), size);
        int searched = 1;
        while (start < text.length() && count <= limit) {
            int end = reach == text.length() ? reach : cuts.last(text, searched, reach);
            searched = reach;
            if (end > start) {
                count += tokenizer.encode(text.substring(start, end), specialTokens).length;
                start = end;
            }
            size = Math.min(2 * size, MOST_AT_ONCE);
            reach = text.length() - reach <= size || !cuts.any() ? text.length() : reach + size;
        }
        return count;
    }

    /// Makes ready for asking how many tokens parts of a text have.
    public TokenRanges ranges(String text) {
        return new TokenRanges(this, text);
    }
}
