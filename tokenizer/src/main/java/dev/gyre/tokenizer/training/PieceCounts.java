package dev.gyre.tokenizer.training;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// How often each piece occurs: the pieces' bytes one after another in one array, found by an
/// open-addressed table. It never takes more memory than its cap; where there is no room left, it
/// says so.
final class PieceCounts {
    /// Bytes that must be readable behind every piece that is added.
    static final int PADDING = 16;

    /// A table that is not capped by memory, only by the longest array.
    static final long NO_CAP = Long.MAX_VALUE;

    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 64;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /// An entry: the first eight bytes; start and length; how often it occurs.
    private static final int ENTRY = 3;

    private final long capBytes;
    private byte[] bytes = new byte[1 << 14];
    private int byteCount;
    private long[] entries = new long[ENTRY << 10];
    private int size;

    /// Index of a piece plus one; zero where the slot is free.
    private int[] slots = new int[1 << 11];

    /// @param capBytes bytes that its arrays may take, those it copies from when it grows included
    PieceCounts(long capBytes) {
        this.capBytes = capBytes;
    }

    /// Counts a piece.
    ///
    /// @param text readable for [#PADDING] bytes behind `end`
    /// @param start first byte of the piece, which is not empty
    /// @param count how often it occurs more, at least 1
    /// @return `false` if it is new and there is no room for it; then nothing has changed
    boolean add(byte[] text, int start, int end, long count) {
        int length = end - start;
        long head = head(text, start, length);
        int mask = slots.length - 1;
        int slot = hash(text, start, length, head) & mask;
        for (int piece = slots[slot]; piece != 0; piece = slots[slot]) {
            if (matches(piece - 1, text, start, length, head)) {
                int at = (piece - 1) * ENTRY + 2;
                entries[at] = Math.addExact(entries[at], count);
                return true;
            }
            slot = slot + 1 & mask;
        }
        if (!reserve(length)) {
            return false;
        }
        if (slots.length - 1 != mask) {
            slot = freeSlot(hash(text, start, length, head));
        }
        slots[slot] = append(text, start, length, head, count) + 1;
        return true;
    }

    private boolean matches(int piece, byte[] text, int start, int length, long head) {
        int at = piece * ENTRY;
        if (entries[at] != head || (int) entries[at + 1] != length) {
            return false;
        }
        int own = (int) (entries[at + 1] >>> 32);
        return length <= 8
                || Arrays.equals(bytes, own + 8, own + length, text, start + 8, start + length);
    }

    private int append(byte[] text, int start, int length, long head, long count) {
        System.arraycopy(text, start, bytes, byteCount, length);
        int at = size * ENTRY;
        entries[at] = head;
        entries[at + 1] = (long) byteCount << 32 | length;
        entries[at + 2] = count;
        byteCount += length;
        return size++;
    }

    /// Makes room for one more piece.
    private boolean reserve(int length) {
        long neededBytes = (long) byteCount + length + PADDING;
        if (neededBytes > bytes.length) {
            long wanted = Math.max(neededBytes, Math.min(bytes.length * 2L, LONGEST_ARRAY));
            if (wanted > LONGEST_ARRAY || memoryBytes() + wanted > capBytes) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, (int) wanted);
        }
        if ((size + 1) * ENTRY > entries.length) {
            long wanted = entries.length * 2L;
            if (wanted > LONGEST_ARRAY || memoryBytes() + wanted * Long.BYTES > capBytes) {
                return false;
            }
            entries = Arrays.copyOf(entries, (int) wanted);
        }
        if ((size + 1L) * 2 > slots.length) {
            long wanted = slots.length * 2L;
            if (wanted > 1 << 30 || memoryBytes() + wanted * Integer.BYTES > capBytes) {
                return false;
            }
            slots = new int[(int) wanted];
            for (int piece = 0; piece < size; piece++) {
                int start = start(piece);
                slots[freeSlot(hash(bytes, start, length(piece), entries[piece * ENTRY]))] =
                        piece + 1;
            }
        }
        return true;
    }

    private int freeSlot(int hash) {
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static long head(byte[] text, int start, int length) {
        long value = (long) LONGS.get(text, start);
        return length >= 8 ? value : value & (1L << length * 8) - 1;
    }

    private static int hash(byte[] text, int start, int length, long head) {
        long hash = (head ^ length) * 0x9E3779B97F4A7C15L;
        for (int i = 8; i < length; i += 8) {
            hash =
                    (Long.rotateLeft(hash, 29) ^ head(text, start + i, length - i))
                            * 0xD6E8FEB86659FD93L;
        }
        return (int) (hash ^ hash >>> 32);
    }

    /// Forgets all pieces and keeps the memory.
    void clear() {
        byteCount = 0;
        size = 0;
        Arrays.fill(slots, 0);
    }

    /// Adds all pieces of another table.
    ///
    /// @return `false` if there was no room; then some of them have been added
    boolean addAll(PieceCounts other) {
        for (int piece = 0; piece < other.size; piece++) {
            if (!add(other.bytes, other.start(piece), other.end(piece), other.count(piece))) {
                return false;
            }
        }
        return true;
    }

    /// Bytes that the arrays take, and what sorting needs.
    long memoryBytes() {
        return bytes.length
                + (long) entries.length * Long.BYTES
                + (long) slots.length * Integer.BYTES
                + 2L * size * Integer.BYTES;
    }

    /// Number of different pieces.
    int size() {
        return size;
    }

    /// Bytes of the different pieces.
    int byteCount() {
        return byteCount;
    }

    long count(int piece) {
        return entries[piece * ENTRY + 2];
    }

    int length(int piece) {
        return (int) entries[piece * ENTRY + 1];
    }

    /// The bytes of all pieces, readable for [#PADDING] bytes behind the last.
    byte[] bytes() {
        return bytes;
    }

    /// First byte of a piece in [#bytes].
    int start(int piece) {
        return (int) (entries[piece * ENTRY + 1] >>> 32);
    }

    /// The byte behind the last of a piece.
    int end(int piece) {
        return start(piece) + length(piece);
    }

    /// The pieces in the order of their bytes, without signs.
    int[] sorted() {
        int[] order = new int[size];
        for (int piece = 0; piece < size; piece++) {
            order[piece] = piece;
        }
        int[] merged = new int[size];
        for (int width = 1; width < size && width > 0; width *= 2) {
            for (int from = 0; from < size; from += 2 * width) {
                merge(
                        order,
                        merged,
                        from,
                        Math.min(size, from + width),
                        (int) Math.min(size, from + 2L * width));
            }
            int[] spare = order;
            order = merged;
            merged = spare;
        }
        return order;
    }

    private void merge(int[] from, int[] to, int start, int middle, int end) {
        int left = start;
        int right = middle;
        for (int out = start; out < end; out++) {
            boolean takesLeft =
                    left < middle && (right == end || compare(from[left], from[right]) <= 0);
            to[out] = takesLeft ? from[left++] : from[right++];
        }
    }

    private int compare(int left, int right) {
        int byHead =
                Long.compareUnsigned(
                        Long.reverseBytes(entries[left * ENTRY]),
                        Long.reverseBytes(entries[right * ENTRY]));
        return byHead != 0
                ? byHead
                : Arrays.compareUnsigned(
                        bytes, start(left), end(left), bytes, start(right), end(right));
    }
}
