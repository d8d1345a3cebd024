package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.text.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Where a text of characters of three bytes, as Chinese, Japanese and Korean, falls apart: no
/// merging goes across the border of two characters if no token has the bytes on both of its sides.
/// What lies between such borders is merged as if it were alone, and is so short, mostly one or two
/// characters, that it was met before. (Of whole clauses, which are the pieces there, hardly any
/// comes twice.)
///
/// Bits know the tokens' borders: one for the hash of two characters that both stand in a token,
/// and one for what a token that has not all of both has of them. So two characters may be taken
/// for joined that are not, never the other way. The bits are set when they are first asked for.
/// Safe for use by many threads.
final class CharacterBorders {
    /// Bytes of a character.
    private static final int SIZE = 3;

    private static final int WHOLE_BITS = 19;

    /// The last six bits of the one character, all but the last six of the other.
    private static final int PART_BITS = 16;

    private static final int SIX_BITS = 6;
    private static final int LAST_SIX = 0x3F;

    private static final int WHOLES = 1 << WHOLE_BITS;
    private static final int BITS = WHOLES + (1 << PART_BITS);

    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final TokenTable tokens;
    private volatile long @Nullable [] joined;

    /// @param tokens all tokens that bytes are merged to, and all single bytes
    CharacterBorders(TokenTable tokens) {
        this.tokens = tokens;
    }

    /// Whether a piece is worth cutting: one of other scripts has no such characters.
    static boolean areLikely(byte[] text, int start, int end) {
        return end - start >= 2 * SIZE
                && (isFirstOfThree(text[start]) || isFirstOfThree(text[end - SIZE]));
    }

    private static boolean isFirstOfThree(byte value) {
        return (value & 0xF0) == 0xE0;
    }

    /// Writes where the parts of a piece end, as far as there is room.
    ///
    /// @param text valid UTF-8, readable for four bytes from any place of the piece
    /// @param ends with room for one end at least
    /// @param from where to write the first
    /// @return how many are written then; the last is `end` if there was room for all
    int cut(byte[] text, int start, int end, int[] ends, int from) {
        long[] known = joined;
        if (known == null) {
            known = made();
        }
        int to = from;
        int left = -1;
        int position = start;
        while (position < end && to < ends.length - 1) {
            int right = characterAt(text, position);
            // written first and counted then: whether there is a border cannot be foreseen
            ends[to] = position;
            long marked = marked(known, whole(left, right)) | marked(known, part(left, right));
            to += (int) ~marked & ~(left | right) >>> 31;
            position += right >= 0 ? SIZE : Utf8.size(text[position]);
            left = right;
        }
        if (position >= end) {
            ends[to++] = end;
        }
        return to;
    }

    /// The character of three bytes at a place; -1 if it has another size.
    private static int characterAt(byte[] text, int position) {
        int bytes = (int) INTS.get(text, position);
        return Utf8.isThree(bytes) ? Utf8.three(bytes) : -1;
    }

    private synchronized long[] made() {
        long[] known = joined;
        if (known == null) {
            known = new long[BITS >> 6];
            for (int place = 0; place < tokens.size(); place++) {
                byte[] token = tokens.token(place);
                if (!Utf8.isAscii(token, 0, token.length)) {
                    markBorders(token, known);
                }
            }
            joined = known;
        }
        return known;
    }

    /// Marks all pairs of characters on whose border a token may lie.
    private static void markBorders(byte[] token, long[] joined) {
        for (int border = 1; border < token.length; border++) {
            int before = three(token, border - SIZE);
            int behind = three(token, border);
            if (!Utf8.isThree(before) || !Utf8.isThree(behind)) {
                continue;
            }
            int left = Utf8.three(before);
            int right = Utf8.three(behind);
            if (border >= SIZE && border + SIZE <= token.length) {
                mark(joined, whole(left, right));
                continue;
            }
            int last = border + 1 == token.length ? right | 0xFFF : right;
            for (int any = right; any <= last; any += 1 << SIX_BITS) {
                mark(joined, part(left, any));
            }
        }
    }

    /// Three bytes of a token, the first in the lowest. What lies out of it may be anything: it is
    /// taken for what makes a character, with zeros for its bits.
    private static int three(byte[] token, int start) {
        int bytes = 0x8080E0;
        for (int i = Math.max(0, -start); i < Math.min(SIZE, token.length - start); i++) {
            bytes = bytes & ~(0xFF << 8 * i) | (token[start + i] & 0xFF) << 8 * i;
        }
        return bytes;
    }

    private static int whole(int left, int right) {
        return (int) (((long) left << 16 | right) * 0x9E3779B97F4A7C15L >>> 64 - WHOLE_BITS);
    }

    private static int part(int left, int right) {
        return WHOLES + ((left & LAST_SIX) << PART_BITS - SIX_BITS | right >> SIX_BITS);
    }

    private static void mark(long[] joined, int bit) {
        joined[bit >> 6] |= 1L << bit;
    }

    /// @return 1 if it is, in the lowest bit; the others do not count
    private static long marked(long[] joined, int bit) {
        return joined[bit >> 6] >>> bit;
    }
}
