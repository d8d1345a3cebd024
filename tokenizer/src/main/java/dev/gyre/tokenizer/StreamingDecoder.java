package dev.gyre.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Turns ids into text as they come, never cutting a character: bytes that may still become a
/// character are held back until the ids that complete it arrive.
///
/// All parts put together, with that of [#finish], equal [Tokenizer#decode]. For one stream and one
/// thread.
public final class StreamingDecoder {
    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private final CharsetDecoder utf8 =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);

    /// Bytes of the character that has begun, at most three.
    private byte[] pending = new byte[0];

    /// @param skipSpecialTokens whether special tokens give no text
    public StreamingDecoder(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /// The text that this id completes, often one word, sometimes empty.
    ///
    /// @throws IllegalArgumentException if the id is not in the vocabulary
    public String add(int id) {
        byte[] token = tokenizer.bytesOf(id);
        if (skipSpecialTokens && tokenizer.isSpecial(id)) {
            return "";
        }
        ByteBuffer bytes = ByteBuffer.allocate(pending.length + token.length);
        bytes.put(pending).put(token).flip();
        CharBuffer text = CharBuffer.allocate(bytes.remaining() + 1);
        utf8.decode(bytes, text, false);
        pending = new byte[bytes.remaining()];
        bytes.get(pending);
        return text.flip().toString();
    }

    /// The end of the text: U+FFFD if a character was torn, otherwise empty. The decoder can then
    /// start on a new text.
    public String finish() {
        CharBuffer text = CharBuffer.allocate(pending.length + 1);
        utf8.decode(ByteBuffer.wrap(pending), text, true);
        utf8.flush(text);
        utf8.reset();
        pending = new byte[0];
        return text.flip().toString();
    }
}
