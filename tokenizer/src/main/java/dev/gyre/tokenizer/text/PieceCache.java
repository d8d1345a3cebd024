package dev.gyre.tokenizer.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Remembers the ids of short pieces: direct-mapped, the newest piece wins its slot.
///
/// A slot is four longs: the piece's bytes and length (two longs), then up to six ids of 21 bits.
/// Pieces of at most 15 bytes and six ids are kept, which is nearly all of a text.
public final class PieceCache {
    /// Longest piece that is kept, in bytes.
    public static final int LONGEST_PIECE = 15;

    private static final int MOST_IDS = 6;
    private static final int SLOT_BITS = 15;
    private static final int ID_BITS = 21;
    private static final long ID_MASK = (1L << ID_BITS) - 1;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long[] slots = new long[4 << SLOT_BITS];

    /// First eight bytes of the piece.
    ///
    /// @param text readable for eight bytes from `start`
    public static long head(byte[] text, int start, int length) {
        long value = (long) LONGS.get(text, start);
        return length >= 8 ? value : value & (1L << length * 8) - 1;
    }

    /// The other bytes of the piece and, in the highest byte, its length; never zero.
    ///
    /// @param length from 1 to [#LONGEST_PIECE]
    public static long tail(byte[] text, int start, int length) {
        long lengthBits = (long) length << 56;
        if (length <= 8) {
            return lengthBits;
        }
        long value = (long) LONGS.get(text, start + 8);
        return value & (1L << (length - 8) * 8) - 1 | lengthBits;
    }

    /// Appends the piece's ids if it is known.
    public boolean copy(long head, long tail, IdBuffer out) {
        int slot = slot(head, tail);
        if (slots[slot] != head || slots[slot + 1] != tail) {
            return false;
        }
        unpack(slots[slot + 2], out);
        unpack(slots[slot + 3], out);
        return true;
    }

    /// Remembers the ids that were appended to `out` since it had `from` of them, if they fit.
    public void remember(long head, long tail, IdBuffer out, int from) {
        int count = out.size() - from;
        if (count < 1 || count > MOST_IDS) {
            return;
        }
        int slot = slot(head, tail);
        slots[slot] = head;
        slots[slot + 1] = tail;
        slots[slot + 2] = pack(out, from, Math.min(count, 3));
        slots[slot + 3] = pack(out, from + 3, count - 3);
    }

    private static void unpack(long packed, IdBuffer out) {
        for (long rest = packed; rest != 0; rest >>>= ID_BITS) {
            out.add((int) (rest & ID_MASK) - 1);
        }
    }

    /// Each id plus one, so that zero ends the list.
    private static long pack(IdBuffer ids, int from, int count) {
        long packed = 0;
        for (int i = count - 1; i >= 0; i--) {
            packed = packed << ID_BITS | ids.get(from + i) + 1;
        }
        return packed;
    }

    private static int slot(long head, long tail) {
        long hash = (head ^ tail * 0x9E3779B97F4A7C15L) * 0xD6E8FEB86659FD93L;
        return ((int) (hash >>> 32) & (1 << SLOT_BITS) - 1) << 2;
    }
}
