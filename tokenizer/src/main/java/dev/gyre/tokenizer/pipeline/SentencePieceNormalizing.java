package dev.gyre.tokenizer.pipeline;

import dev.gyre.tokenizer.text.AlignedText;
import dev.gyre.tokenizer.text.Charsmap;
import dev.gyre.tokenizer.text.Utf8;
import dev.gyre.tokenizer.text.Utf8Text;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One run of SentencePiece's normalizer over a text.
///
/// ASCII characters that no rule concerns, which are most of an English text, are copied without a
/// look into the map.
final class SentencePieceNormalizing {
    private static final byte[] VISIBLE_BLANK = {(byte) 0xE2, (byte) 0x96, (byte) 0x81};
    private static final byte[] BLANK = {' '};

    /// Characters that room is made for at a time.
    private static final int RUN = 256;

    private final Normalizer.SentencePiece rules;
    private final @Nullable Charsmap map;
    private final AlignedText text;
    private final byte[] bytes;
    private final int length;
    private final byte[] blank;

    /// ASCII characters that stay as they are where another one follows.
    private final boolean[] plain = new boolean[128];

    private byte[] out;
    private int @Nullable [] origins;
    private int size;
    private int at;

    /// What the next stretch becomes: bytes of the text, or of the map's replacements.
    private byte[] source;

    private int from;
    private int to;

    SentencePieceNormalizing(Normalizer.SentencePiece rules, AlignedText text) {
        this.rules = rules;
        this.text = text;
        map = rules.map();
        bytes = text.bytes();
        length = text.length();
        source = bytes;
        blank = rules.escapesBlanks() ? VISIBLE_BLANK : BLANK;
        out = new byte[length + length / 2 + 2 * Utf8Text.PADDING];
        for (int ascii = 0; ascii < plain.length; ascii++) {
            plain[ascii] =
                    (map == null || map.isPlain(ascii))
                            && !rules.userDefined().mayBegin((byte) ascii);
        }
        origins = text.isAligned() ? new int[out.length] : null;
    }

    AlignedText run() {
        while (rules.removesExtraBlanks() && at < length) {
            int consumed = next();
            if (to - from != 1 || source[from] != ' ') {
                break;
            }
            at += consumed;
        }
        int end = at;
        if (at < length) {
            if (rules.addsBlank() && !rules.blankBehind()) {
                write(blank, 0, blank.length);
            }
            body();
            end = dropBlanksAtEnd();
            if (rules.addsBlank() && rules.blankBehind()) {
                at = end;
                write(blank, 0, blank.length);
            }
        }
        return done(end);
    }

    private void body() {
        boolean afterBlank = rules.removesExtraBlanks();
        while (at < length) {
            int before = at;
            afterBlank = copyPlain(afterBlank);
            if (at > before) {
                continue;
            }
            int consumed = next();
            while (afterBlank && from < to && source[from] == ' ') {
                from++;
            }
            if (from < to) {
                writeEscaped();
                afterBlank = source[to - 1] == ' ' && rules.removesExtraBlanks();
            }
            at += consumed;
        }
    }

    /// Copies ASCII characters that stay as they are, up to some hundred.
    ///
    /// @param afterBlank whether a blank would be one too many
    /// @return the same behind them
    private boolean copyPlain(boolean afterBlank) {
        int end = Math.min(at + RUN, length - 1);
        reserve(Math.max(0, end - at)); // blanks see to their own room
        boolean behindBlank = afterBlank;
        int next = at;
        while (next < end && bytes[next] >= 0 && bytes[next + 1] >= 0 && plain[bytes[next]]) {
            if (bytes[next] != ' ') {
                if (origins != null) {
                    origins[size] = next;
                }
                out[size++] = bytes[next];
                behindBlank = false;
            } else if (!behindBlank) {
                at = next;
                write(blank, 0, blank.length);
                behindBlank = rules.removesExtraBlanks();
            }
            next++;
        }
        at = next;
        return behindBlank;
    }

    private void writeEscaped() {
        int start = from;
        for (int i = from; i < to; i++) {
            if (source[i] == ' ') {
                write(source, start, i);
                write(blank, 0, blank.length);
                start = i + 1;
            }
        }
        write(source, start, to);
    }

    /// Finds what the text goes on with.
    ///
    /// @return number of bytes of the text that it stands for
    private int next() {
        source = bytes;
        from = at;
        int defined = rules.userDefined().longest(bytes, at, length);
        if (defined > 0) {
            to = at + defined;
            return defined;
        }
        long found = map == null ? -1 : map.find(bytes, at, length, true);
        if (map != null && found >= 0) {
            source = map.replacements();
            from = (int) found;
            to = map.replacementEnd(from);
            return (int) (found >>> 32);
        }
        int width = Utf8.size(bytes[at]);
        to = at + width;
        return width;
    }

    private void write(byte[] from, int start, int end) {
        reserve(end - start);
        if (origins != null) {
            Arrays.fill(origins, size, size + end - start, at);
        }
        for (int i = start; i < end; i++) {
            out[size++] = from[i];
        }
    }

    private void reserve(int more) {
        int needed = size + more + Utf8Text.PADDING;
        if (needed > out.length) {
            if (needed > Utf8Text.MAX_BYTES * 2) {
                throw new IllegalArgumentException(
                        "normalised, the text has over %d bytes; encode it in parts"
                                .formatted(Utf8Text.MAX_BYTES));
            }
            out = Arrays.copyOf(out, out.length * 2);
            origins = origins == null ? null : Arrays.copyOf(origins, out.length);
        }
    }

    /// @return where the text ends without them
    private int dropBlanksAtEnd() {
        int end = length;
        while (rules.removesExtraBlanks() && endsWithBlank()) {
            size -= blank.length;
            end = origins == null ? end : origins[size];
        }
        return end;
    }

    private boolean endsWithBlank() {
        return size >= blank.length
                && Arrays.equals(out, size - blank.length, size, blank, 0, blank.length);
    }

    private AlignedText done(int end) {
        Arrays.fill(out, size, size + Utf8Text.PADDING, (byte) 0);
        if (origins != null) {
            origins[size] = end;
            for (int i = 0; i <= size; i++) {
                int origin = origins[i];
                origins[i] =
                        origin < length
                                ? text.originStart(origin)
                                : length == 0 ? 0 : text.originEnd(length);
            }
        }
        return AlignedText.between(out, size, origins);
    }
}
