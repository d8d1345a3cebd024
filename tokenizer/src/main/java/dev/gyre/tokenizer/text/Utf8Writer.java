package dev.gyre.tokenizer.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes one String as UTF-8. Runs of ASCII go through the JDK's encoder, which takes many
/// characters at a time but costs a call; what is mixed with others is written here.
final class Utf8Writer {
    /// Characters that are taken out of the String at a time.
    private static final int BLOCK = 4096;

    /// ASCII characters in a row that make more of them likely.
    private static final int RUN = 8;

    /// Characters that are worth a call.
    private static final int WORTH = 32;

    /// Bytes of the longest text, and room for one block more.
    private static final int MOST = Utf8Text.MAX_BYTES + 4 * BLOCK;

    private static final int REPLACEMENT = 0xFFFD;
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final String text;
    private final char[] block;
    private final CharBuffer in;
    private final CharsetEncoder ascii = StandardCharsets.US_ASCII.newEncoder();
    private byte[] bytes;
    private ByteBuffer out;
    private int to;

    Utf8Writer(String text) {
        this.text = text;
        block = new char[Math.min(BLOCK, text.length())];
        in = CharBuffer.wrap(block);
        bytes = new byte[text.length() + 2 * block.length + Utf8Text.PADDING];
        out = ByteBuffer.wrap(bytes);
    }

    /// The text, lone surrogates as U+FFFD.
    ///
    /// @throws IllegalArgumentException if it is over [Utf8Text#MAX_BYTES]
    Utf8Text write() {
        int length = text.length();
        for (int from = 0, count; from < length; from += count) {
            count = Math.min(block.length, length - from);
            text.getChars(from, from + count, block, 0);
            if (from + count < length && Character.isHighSurrogate(block[count - 1])) {
                count--; // comes with its low surrogate
            }
            reserve(from, 3 * count + Utf8Text.PADDING);
            in.limit(count);
            writeBlock(count);
            if (to > Utf8Text.MAX_BYTES) {
                throw Utf8Text.tooLong("over %d bytes in UTF-8".formatted(Utf8Text.MAX_BYTES));
            }
        }
        return new Utf8Text(bytes, to);
    }

    /// Makes room for some bytes, and for the rest of the text if it is as what was written.
    private void reserve(int from, int more) {
        if (to + more > bytes.length) {
            long whole = (long) to * text.length() / from + more;
            bytes = Arrays.copyOf(bytes, (int) Math.max(to + more, Math.min(whole, MOST)));
            out = ByteBuffer.wrap(bytes);
        }
    }

    private void writeBlock(int count) {
        byte[] bytes = this.bytes;
        int to = this.to;
        int run = RUN;
        for (int at = 0; at < count; ) {
            int unit = block[at];
            if (run >= RUN && count - at >= WORTH) {
                in.position(at);
                out.position(to);
                ascii.encode(in, out, false);
                at = in.position();
                to = out.position();
                run = 0;
            } else if (unit < 0x80) {
                bytes[to++] = (byte) unit;
                at++;
                run++;
            } else if (unit >= 0x800 && !Character.isSurrogate((char) unit)) {
                int three = 0x8080E0 | unit >> 12 | (unit & 0xFC0) << 2 | (unit & 0x3F) << 16;
                INTS.set(bytes, to, three); // what it writes too far is overwritten
                to += 3;
                at++;
                run = 0;
            } else {
                int codePoint = Character.codePointAt(block, at, count);
                to += Utf8.put(isSurrogate(codePoint) ? REPLACEMENT : codePoint, bytes, to);
                at += Character.charCount(codePoint);
                run = 0;
            }
        }
        this.to = to;
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
