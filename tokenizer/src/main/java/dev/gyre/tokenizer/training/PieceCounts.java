package dev.gyre.tokenizer.training;

import java.util.Arrays;

/// How often each piece occurs in a text: the pieces' bytes one after another in one array, found
/// by an open-addressed table.
final class PieceCounts {
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 64;

    private byte[] bytes = new byte[1 << 16];
    private int byteCount;
    private int[] starts = new int[1 << 12];
    private long[] counts = new long[1 << 12];
    private int[] hashes = new int[1 << 12];
    private int size;

    /// Index of a piece plus one; zero where the slot is free.
    private int[] slots = new int[1 << 14];

    /// Counts the piece once more.
    void add(byte[] text, int start, int end) {
        int hash = hash(text, start, end);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int piece = slots[slot] - 1;
            if (hashes[piece] == hash
                    && Arrays.equals(bytes, start(piece), end(piece), text, start, end)) {
                counts[piece]++;
                return;
            }
            slot = slot + 1 & mask;
        }
        slots[slot] = append(text, start, end, hash) + 1;
        if (size * 2 > slots.length) {
            grow();
        }
    }

    private int append(byte[] text, int start, int end, int hash) {
        int length = end - start;
        if (length > LONGEST_ARRAY - byteCount) {
            throw new IllegalArgumentException(
                    "the text has over %d bytes of different pieces; train on a part of it"
                            .formatted(LONGEST_ARRAY));
        }
        if (byteCount + length > bytes.length) {
            long wanted = Math.max((long) bytes.length * 2, (long) byteCount + length);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, LONGEST_ARRAY));
        }
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        System.arraycopy(text, start, bytes, byteCount, length);
        starts[size] = byteCount;
        counts[size] = 1;
        hashes[size] = hash;
        byteCount += length;
        return size++;
    }

    private void grow() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int piece = 0; piece < size; piece++) {
            int slot = hashes[piece] & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = piece + 1;
        }
    }

    private static int hash(byte[] text, int start, int end) {
        long hash = 0xCBF29CE484222325L;
        for (int i = start; i < end; i++) {
            hash = (hash ^ text[i] & 0xFF) * 0x100000001B3L;
        }
        return (int) (hash ^ hash >>> 32);
    }

    int size() {
        return size;
    }

    int byteCount() {
        return byteCount;
    }

    long count(int piece) {
        return counts[piece];
    }

    int length(int piece) {
        return end(piece) - start(piece);
    }

    /// @param index from 0 to the piece's length less one
    int byteAt(int piece, int index) {
        return bytes[starts[piece] + index] & 0xFF;
    }

    private int start(int piece) {
        return starts[piece];
    }

    private int end(int piece) {
        return piece + 1 < size ? starts[piece + 1] : byteCount;
    }
}
