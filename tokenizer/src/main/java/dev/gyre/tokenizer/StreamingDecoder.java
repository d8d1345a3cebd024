package dev.gyre.tokenizer;

import dev.gyre.tokenizer.pipeline.Decoder;
import dev.gyre.tokenizer.pipeline.DecodingStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Turns ids into text as they come, never cutting a character: bytes that may still become a
/// character are held back until the ids that complete it arrive.
///
/// All parts put together, with that of [#finish], equal [Tokenizer#decode]. For one stream and one
/// thread.
public final class StreamingDecoder {
    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;

    /// Runs tokens that spell text; `null` where tokens spell bytes.
    private @Nullable DecodingStream stream;

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
        stream = newStream();
    }

    private @Nullable DecodingStream newStream() {
        Decoder decoder = tokenizer.definition().decoder();
        return decoder.isByteLevel() ? null : new DecodingStream(decoder);
    }

    /// The text that this id completes, often one word, sometimes empty.
    ///
    /// @throws IllegalArgumentException if the id is not in the vocabulary
    public String add(int id) {
        String token = tokenizer.token(id);
        if (skipSpecialTokens && tokenizer.isSpecial(id)) {
            return "";
        }
        return stream == null ? addBytes(tokenizer.bytesOf(id)) : stream.add(token);
    }

    private String addBytes(byte[] token) {
        ByteBuffer bytes = ByteBuffer.allocate(pending.length + token.length);
        bytes.put(pending).put(token).flip();
        CharBuffer text = CharBuffer.allocate(bytes.remaining() + 1);
        utf8.decode(bytes, text, false);
        pending = new byte[bytes.remaining()];
        bytes.get(pending);
        return text.flip().toString();
    }

    /// The end of the text: what was held back, U+FFFD if a character was torn. The decoder can
    /// then start on a new text.
    public String finish() {
        if (stream != null) {
            String rest = stream.finish();
            stream = newStream();
            return rest;
        }
        CharBuffer text = CharBuffer.allocate(pending.length + 1);
        utf8.decode(ByteBuffer.wrap(pending), text, true);
        utf8.flush(text);
        utf8.reset();
        pending = new byte[0];
        return text.flip().toString();
    }
}
