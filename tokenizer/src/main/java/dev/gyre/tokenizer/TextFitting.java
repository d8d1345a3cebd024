package dev.gyre.tokenizer;

/// Cuts texts so that they fit a number of tokens.
public final class TextFitting {
    private TextFitting() {}

    /// A text that fits.
    ///
    /// @param text whole characters
    /// @param ids its token ids, as encoding it gives them
    /// @param truncated whether something was cut off
    public record Fitted(String text, int[] ids, boolean truncated) {}

    /// The beginning, or the end, of a text that takes at most so many tokens when it is encoded by
    /// itself. Special tokens are plain text.
    ///
    /// The text is cut where its tokens are cut, on a character boundary, and further until it
    /// fits: a part of a text may take more tokens than it took within the whole.
    ///
    /// @param most tokens that the text may take, at least 0
    /// @param keepEnd whether the end is kept and the beginning cut off
    public static Fitted fit(Tokenizer tokenizer, String text, int most, boolean keepEnd) {
        if (most < 0) {
            throw new IllegalArgumentException(
                    "a text cannot have %d tokens; 0 or more are possible".formatted(most));
        }
        Encoding encoding = tokenizer.encodeWithOffsets(text, SpecialTokens.AS_TEXT);
        if (encoding.size() <= most) {
            return new Fitted(text, encoding.ids(), false);
        }
        int kept = most;
        while (true) {
            String part = part(text, encoding, kept, keepEnd);
            int[] ids = tokenizer.encode(part);
            if (ids.length <= most) {
                return new Fitted(part, ids, true);
            }
            kept -= Math.max(1, ids.length - most);
        }
    }

    /// The text of so many tokens, without characters that one of them is only a part of.
    private static String part(String text, Encoding encoding, int kept, boolean keepEnd) {
        int count = encoding.size();
        int[] starts = encoding.starts(Encoding.Unit.UTF_16);
        int[] ends = encoding.ends(Encoding.Unit.UTF_16);
        if (kept <= 0) {
            return "";
        }
        if (keepEnd) {
            int from = Math.max(starts[count - kept], ends[count - kept - 1]);
            return text.substring(Math.min(from, text.length()));
        }
        return text.substring(0, Math.min(ends[kept - 1], starts[kept]));
    }
}
