package dev.gyre.tokenizer.bpe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Remembers the ids of short pieces in sets of two entries: the one used last comes first, the
/// other makes room for a new piece.
///
/// Most of a text is a few thousand words, which so stay where they are and are found at the first
/// look: a processor foresees that. What a look-up waits for is memory, so frequent pieces are kept
/// small: one of at most 7 bytes and 3 ids is two longs (its bytes and length; its ids of 21 bits,
/// each plus one), one of at most 15 bytes and 6 ids is four. Both kinds lie in one array of 6 MiB.
final class WordCache {
    static final int SMALL_PIECE = 7;
    static final int LONGEST_PIECE = 15;

    private static final int ID_BITS = 21;
    private static final long ID_MASK = (1L << ID_BITS) - 1;
    private static final int SMALL = 2;
    private static final int LARGE = 4;
    private static final int IDS_A_LONG = 3;
    private static final int SMALL_SET_BITS = 16;
    private static final int LARGE_SET_BITS = 16;
    private static final int CHARACTERS = 1 << 16;
    private static final int LARGE_START = 2 * SMALL << SMALL_SET_BITS;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long[] HEAD_MASKS = new long[LONGEST_PIECE + 1];
    private static final long[] TAIL_MASKS = new long[LONGEST_PIECE + 1];

    static {
        for (int length = 1; length <= LONGEST_PIECE; length++) {
            HEAD_MASKS[length] = length >= 8 ? -1L : (1L << length * 8) - 1;
            TAIL_MASKS[length] = length <= 8 ? 0 : (1L << (length - 8) * 8) - 1;
        }
    }

    private final long[] entries = new long[LARGE_START + (2 * LARGE << LARGE_SET_BITS)];

    /// Ids of single characters of three bytes, by code point; made for the first of them.
    private long[] characters = new long[0];

    /// First eight bytes of a piece.
    ///
    /// @param text readable for 16 bytes from `start`
    static long head(byte[] text, int start, int length) {
        return (long) LONGS.get(text, start) & HEAD_MASKS[length];
    }

    /// The other bytes of a piece and, in the highest byte, its length; never zero.
    ///
    /// @param length from 1 to [#LONGEST_PIECE]
    static long tail(byte[] text, int start, int length) {
        return (long) LONGS.get(text, start + 8) & TAIL_MASKS[length] | (long) length << 56;
    }

    /// Where the set of a piece begins in [#entries].
    static int set(long head, long tail, int length) {
        long hash = (head ^ (tail << 7 | tail >>> 51)) * 0x9E3779B97F4A7C15L;
        return length <= SMALL_PIECE
                ? (int) (hash >>> 64 - SMALL_SET_BITS) * (2 * SMALL)
                : LARGE_START + (int) (hash >>> 64 - LARGE_SET_BITS) * (2 * LARGE);
    }

    /// Reads the set, so that it is near when it is needed; of use only where many are read in a
    /// row.
    long touch(int set) {
        return entries[set];
    }

    /// Writes the ids of a piece of at most [#SMALL_PIECE] bytes.
    ///
    /// @return where they end; `from` if the piece is not known
    int copySmall(int set, long key, int[] ids, int from) {
        if (entries[set] != key) {
            if (entries[set + SMALL] != key) {
                return from;
            }
            swap(set, SMALL);
        }
        long packed = entries[set + 1];
        ids[from] = (int) (packed & ID_MASK) - 1;
        return packed <= ID_MASK ? from + 1 : unpack(packed >>> ID_BITS, ids, from + 1);
    }

    /// Writes the ids of a longer piece.
    ///
    /// @return where they end; `from` if the piece is not known
    int copyLarge(int set, long head, long tail, int[] ids, int from) {
        if (entries[set] != head || entries[set + 1] != tail) {
            if (entries[set + LARGE] != head || entries[set + LARGE + 1] != tail) {
                return from;
            }
            swap(set, LARGE);
        }
        long packed = entries[set + 2];
        ids[from] = (int) (packed & ID_MASK) - 1;
        if (packed <= ID_MASK) {
            return from + 1;
        }
        return unpack(entries[set + 3], ids, unpack(packed >>> ID_BITS, ids, from + 1));
    }

    /// Writes the ids of a character of three bytes.
    ///
    /// @return where they end; `from` if it is not known
    int copyCharacter(int codePoint, int[] ids, int from) {
        return codePoint < characters.length ? unpack(characters[codePoint], ids, from) : from;
    }

    /// Remembers the ids of a character of three bytes.
    void rememberCharacter(int codePoint, int[] ids, int from, int to) {
        if (characters.length == 0) {
            characters = new long[CHARACTERS];
        }
        characters[codePoint] = pack(ids, from, to - from);
    }

    private void swap(int set, int size) {
        for (int i = set; i < set + size; i++) {
            long first = entries[i];
            entries[i] = entries[i + size];
            entries[i + size] = first;
        }
    }

    private static int unpack(long packed, int[] ids, int from) {
        int to = from;
        for (long rest = packed; rest != 0; rest >>>= ID_BITS) {
            ids[to++] = (int) (rest & ID_MASK) - 1;
        }
        return to;
    }

    /// Remembers the ids of a piece if they fit.
    void remember(int set, long head, long tail, int length, int[] ids, int from, int to) {
        int count = to - from;
        if (length <= SMALL_PIECE) {
            if (count >= 1 && count <= IDS_A_LONG) {
                int entry = entries[set] == 0 ? set : set + SMALL;
                entries[entry] = head | tail;
                entries[entry + 1] = pack(ids, from, count);
            }
        } else if (count >= 1 && count <= 2 * IDS_A_LONG) {
            int entry = entries[set + 1] == 0 ? set : set + LARGE;
            entries[entry] = head;
            entries[entry + 1] = tail;
            entries[entry + 2] = pack(ids, from, Math.min(count, IDS_A_LONG));
            entries[entry + 3] = pack(ids, from + IDS_A_LONG, count - IDS_A_LONG);
        }
    }

    private static long pack(int[] ids, int from, int count) {
        long packed = 0;
        for (int i = count - 1; i >= 0; i--) {
            packed = packed << ID_BITS | ids[from + i] + 1;
        }
        return packed;
    }
}
