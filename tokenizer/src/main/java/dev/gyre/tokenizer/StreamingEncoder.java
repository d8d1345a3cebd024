package dev.gyre.tokenizer;

import dev.gyre.tokenizer.text.IdBuffer;
import java.io.IOException;
import java.io.Reader;
import java.nio.CharBuffer;
import java.util.function.Consumer;

/// Turns text into ids as it comes: the ids put together, with those of [#finish], equal those of
/// the whole text. For one stream and one thread.
///
/// ```java
/// StreamingEncoder.encode(tokenizer, SpecialTokens.AS_TEXT, reader, ids -> store(ids));
/// ```
///
/// Text is held back until it has a place where later text cannot change the ids before it: for
/// byte-level vocabularies with a known pattern, and those that cut words apart at blanks, mostly
/// one word. Vocabularies that see the whole text at once (SentencePiece's own) need all of it:
/// there, and in a text without any such place, the limit is 85 million characters.
public final class StreamingEncoder {
    private static final int READ_CHARACTERS = 1 << 16;

    private final Tokenizer tokenizer;
    private final SpecialTokens specialTokens;
    private final PendingText pending;

    /// @param specialTokens what the text of a special token turns into
    public StreamingEncoder(Tokenizer tokenizer, SpecialTokens specialTokens) {
        this.tokenizer = tokenizer;
        this.specialTokens = specialTokens;
        pending = new PendingText(new SafeCuts(tokenizer.definition()));
    }

    /// The ids that are certain now, often none. A surrogate pair may be torn between two calls.
    ///
    /// @throws IllegalArgumentException if too much text would have to be held back
    public int[] add(CharSequence text) {
        IdBuffer ids = new IdBuffer(text.length() / 3);
        pending.append(text, part -> ids.addAll(tokenizer.encode(part, specialTokens)));
        return ids.toArray();
    }

    /// The ids of what was held back. The encoder can then start on a new text.
    public int[] finish() {
        return tokenizer.encode(pending.takeAll(), specialTokens);
    }

    /// Encodes all that a reader gives, part by part.
    ///
    /// @param out takes the ids in order; never an empty part
    /// @throws IOException if reading fails
    /// @throws IllegalArgumentException if too much text would have to be held back
    public static void encode(
            Tokenizer tokenizer, SpecialTokens specialTokens, Reader text, Consumer<int[]> out)
            throws IOException {
        StreamingEncoder encoder = new StreamingEncoder(tokenizer, specialTokens);
        char[] buffer = new char[READ_CHARACTERS];
        for (int size = text.read(buffer); size >= 0; size = text.read(buffer)) {
            handOn(encoder.add(CharBuffer.wrap(buffer, 0, size)), out);
        }
        handOn(encoder.finish(), out);
    }

    private static void handOn(int[] ids, Consumer<int[]> out) {
        if (ids.length > 0) {
            out.accept(ids);
        }
    }
}
