package dev.gyre.tokenizer.bpe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Remembers the ids of short pieces in sets of four entries: the one used last comes first, a new
/// piece second, and the last makes room.
///
/// Most of a text is a few thousand words, which so stay where they are and are found at the first
/// look. What a look-up waits for is memory, so frequent pieces are kept small: one of at most 7
/// bytes and 3 ids is two longs, one of at most 15 bytes and 6 ids is four. Both kinds lie in one
/// array of 6 MiB, and a look takes the same steps for both, since a processor cannot foresee how
/// long the next word is.
///
/// A caller takes up a block of pieces by [#lookUp] and then asks for each by its index.
final class WordCache {
    /// Pieces in a block.
    static final int BLOCK = 1024;

    private static final int LONGEST_PIECE = 15;

    /// Ids that are written behind the last at most, to be overwritten.
    static final int SLACK = 2;

    private static final int SMALL_PIECE = 7;

    /// In place of what an entry has, for a piece that is too long: its highest byte is no length.
    private static final long NO_KEY = -1;

    private static final int ID_BITS = 21;
    private static final long ID_MASK = (1L << ID_BITS) - 1;
    private static final long TWO_IDS_MASK = (1L << 2 * ID_BITS) - 1;
    private static final int IDS_A_LONG = 3;

    /// In an entry's ids: there are more.
    private static final long MORE = Long.MIN_VALUE;

    // Longs of an entry: a small one has its key, which is bytes and length, and ids of 21 bits,
    // each plus one; a large one has the first eight bytes, ids, the other bytes with the length,
    // and more ids.
    private static final int SMALL = 2;
    private static final int LARGE = 4;
    private static final int IDS = 1;
    private static final int TAIL = 2;
    private static final int MORE_IDS = 3;

    private static final int WAYS = 4;
    private static final int SET_BITS = 15;
    private static final int LARGE_START = WAYS * SMALL << SET_BITS;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long[] entries = new long[LARGE_START + (WAYS * LARGE << SET_BITS)];

    /// Where the set of each piece of the block begins, and what its entry has: a small one its key
    /// in both.
    private final int[] sets = new int[BLOCK];

    private final long[] heads = new long[BLOCK];
    private final long[] tails = new long[BLOCK];

    private int written;

    /// Keeps the reads of [#touch] from being left out.
    private long touched;

    /// Takes up the pieces of a block.
    ///
    /// @param text readable for 16 bytes from any piece's start
    /// @param start where the first piece begins
    /// @param ends where each piece ends
    void lookUp(byte[] text, int start, int[] ends, int count) {
        int from = start;
        for (int i = 0; i < count; i++) {
            set(i, text, from, ends[i]);
            from = ends[i];
        }
        touch(count);
    }

    private void set(int piece, byte[] text, int start, int end) {
        int length = end - start;
        if (length > LONGEST_PIECE) {
            sets[piece] = 0;
            heads[piece] = NO_KEY;
            tails[piece] = NO_KEY;
            return;
        }
        int some = Math.min(length, Long.BYTES);
        int others = Math.max(length, Long.BYTES) - Long.BYTES;
        long head = (long) LONGS.get(text, start) & -1L >>> Long.SIZE - 8 * some;
        long tail =
                (long) LONGS.get(text, start + Long.BYTES) & ~(-1L << 8 * others)
                        | (long) length << 56;
        long hash = (head ^ Long.rotateLeft(tail, 7)) * 0x9E3779B97F4A7C15L;
        int set = (int) (hash >>> Long.SIZE - SET_BITS) * (WAYS * SMALL);
        int large = SMALL_PIECE - length >> 31; // all ones if it is
        long key = head | tail & ~large;
        sets[piece] = set + (set & large) + (LARGE_START & large);
        heads[piece] = key;
        tails[piece] = tail & large | key & ~large;
    }

    /// Reads the sets, so that they are near when they are needed: nothing here waits for what was
    /// read, so that memory brings several at a time.
    private void touch(int count) {
        long any = 0;
        for (int i = 0; i < count; i++) {
            any ^= entries[sets[i]];
        }
        touched = any;
    }

    /// Writes the ids of pieces, one after another, as long as they are what was used last.
    ///
    /// @param piece the first of them
    /// @param count pieces in the block
    /// @param ids with room for the ids, and for [#SLACK] more
    /// @return the first piece that was not written; [#written] says where the ids end
    int copyFamiliar(int piece, int count, int[] ids, int from) {
        int to = from;
        int i = piece;
        while (i < count) {
            int set = sets[i];
            long packed = entries[set + IDS];
            long other = entries[set] ^ heads[i] | entries[tail(set)] ^ tails[i];
            if (other != 0 || packed < 0) {
                break;
            }
            ids[to] = (int) (packed & ID_MASK) - 1;
            ids[to + 1] = (int) (packed >>> ID_BITS & ID_MASK) - 1;
            ids[to + 2] = (int) (packed >>> 2 * ID_BITS) - 1;
            to += 1 + (int) (ID_MASK - packed >>> 63) + (int) (TWO_IDS_MASK - packed >>> 63);
            i++;
        }
        written = to;
        return i;
    }

    /// Where the ids end that were written last.
    int written() {
        return written;
    }

    /// Writes the ids of a piece.
    ///
    /// @return where they end; `from` if the piece is not known
    int copy(int piece, int[] ids, int from) {
        int set = sets[piece];
        if (!isAt(set, set, piece) && !promote(set, piece)) {
            return from;
        }
        long packed = entries[set + IDS];
        int to = unpack(packed & ~MORE, ids, from);
        return packed < 0 ? unpack(entries[set + MORE_IDS], ids, to) : to;
    }

    private static int unpack(long packed, int[] ids, int from) {
        int to = from;
        for (long rest = packed; rest != 0; rest >>>= ID_BITS) {
            ids[to++] = (int) (rest & ID_MASK) - 1;
        }
        return to;
    }

    private boolean isAt(int entry, int set, int piece) {
        return entries[entry] == heads[piece] && entries[entry + tail(set) - set] == tails[piece];
    }

    private boolean promote(int set, int piece) {
        int size = size(set);
        for (int entry = set + size; entry < set + WAYS * size; entry += size) {
            if (isAt(entry, set, piece)) {
                moveToFront(set, entry, size);
                return true;
            }
        }
        return false;
    }

    private void moveToFront(int set, int entry, int size) {
        for (int i = 0; i < size; i++) {
            long moved = entries[entry + i];
            for (int to = entry + i; to > set + i; to -= size) {
                entries[to] = entries[to - size];
            }
            entries[set + i] = moved;
        }
    }

    /// Remembers the ids of a piece that is not known, if they fit.
    void remember(int piece, int[] ids, int from, int to) {
        int count = to - from;
        int set = sets[piece];
        int size = size(set);
        int most = size == SMALL ? IDS_A_LONG : 2 * IDS_A_LONG;
        if (tails[piece] == NO_KEY || count < 1 || count > most) {
            return;
        }
        int entry = set;
        if (entries[tail(set)] != 0) {
            entry += size;
            System.arraycopy(entries, entry, entries, entry + size, (WAYS - 2) * size);
        }
        entries[entry] = heads[piece];
        entries[entry + IDS] = pack(ids, from, Math.min(count, IDS_A_LONG));
        if (size == LARGE) {
            entries[entry + TAIL] = tails[piece];
            entries[entry + MORE_IDS] = pack(ids, from + IDS_A_LONG, count - IDS_A_LONG);
            entries[entry + IDS] |= count > IDS_A_LONG ? MORE : 0;
        }
    }

    private static long pack(int[] ids, int from, int count) {
        long packed = 0;
        for (int i = count - 1; i >= 0; i--) {
            packed = packed << ID_BITS | ids[from + i] + 1;
        }
        return packed;
    }

    private static int size(int set) {
        return set < LARGE_START ? SMALL : LARGE;
    }

    /// Where the first entry of a set has what [#tails] has: at its beginning if it is small.
    private static int tail(int set) {
        return set + (LARGE_START - 1 - set >>> 31) * TAIL;
    }
}
