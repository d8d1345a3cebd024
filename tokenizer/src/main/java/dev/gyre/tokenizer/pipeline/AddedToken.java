package dev.gyre.tokenizer.pipeline;

/// A token that is cut out of the text before it is split into pieces.
///
/// @param id token id
/// @param content its text, not empty, at most [#MAX_LENGTH] characters
/// @param special whether it is a control token, which text may only become when the caller allows
///   it; others (such as Qwen's `<tool_call>`) are found in every text
/// @param normalized whether it is looked for in the normalised text instead of the text as given
/// @param singleWord whether it is found only where no letter, digit or `_` touches it
/// @param stripsLeft whether it takes the whitespace before it
/// @param stripsRight whether it takes the whitespace behind it
public record AddedToken(
        int id,
        String content,
        boolean special,
        boolean normalized,
        boolean singleWord,
        boolean stripsLeft,
        boolean stripsRight) {
    /// Longest text of an added token: it bounds the look-ahead when text is searched for them.
    public static final int MAX_LENGTH = 1024;

    /// @throws IllegalArgumentException if the id is negative or the text is empty or too long
    public AddedToken {
        if (id < 0) {
            throw new IllegalArgumentException(
                    "added token \"%s\" has the id %d; ids start at 0".formatted(content, id));
        }
        if (content.isEmpty() || content.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "added token %d has %d characters; 1 to %d are allowed"
                            .formatted(id, content.length(), MAX_LENGTH));
        }
    }

    /// A token that is found wherever its text stands, and takes nothing else.
    public AddedToken(int id, String content, boolean special, boolean normalized) {
        this(id, content, special, normalized, false, false, false);
    }
}
