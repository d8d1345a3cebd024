package dev.gyre.tokenizer;

import dev.gyre.tokenizer.text.IdBuffer;
import java.util.Arrays;

/// The ids of a text that grows at its end, such as a conversation: at any time those of the whole.
///
/// Appending piece by piece takes time in proportion to the text where it has places that later
/// text cannot change (see [StreamingEncoder]); asking encodes only what follows the last of them.
/// For one thread.
public final class AppendableEncoding {
    private final Tokenizer tokenizer;
    private final SpecialTokens specialTokens;
    private final PendingText pending;
    private final IdBuffer certain = new IdBuffer(256);
    private int[] rest = new int[0];
    private boolean restIsKnown = true;

    /// An empty text.
    ///
    /// @param specialTokens what the text of a special token turns into
    public AppendableEncoding(Tokenizer tokenizer, SpecialTokens specialTokens) {
        this.tokenizer = tokenizer;
        this.specialTokens = specialTokens;
        pending = new PendingText(new SafeCuts(tokenizer.definition()));
    }

    /// Adds text at the end. A surrogate pair may be torn between two calls.
    ///
    /// @throws IllegalArgumentException if a stretch without a place to cut, or the text of a
    ///   vocabulary that sees it as a whole, becomes longer than 85 million characters
    public void append(CharSequence text) {
        pending.append(text, part -> certain.addAll(tokenizer.encode(part, specialTokens)));
        restIsKnown = false;
    }

    /// Number of tokens of the text so far.
    public int count() {
        return certain.size() + rest().length;
    }

    /// Ids of the text so far.
    public int[] ids() {
        int[] ids = Arrays.copyOf(certain.toArray(), count());
        System.arraycopy(rest, 0, ids, certain.size(), rest.length);
        return ids;
    }

    private int[] rest() {
        if (!restIsKnown) {
            rest = tokenizer.encode(pending.rest(), specialTokens);
            restIsKnown = true;
        }
        return rest;
    }
}
