package dev.gyre.tokenizer.text;

import java.util.Arrays;

/// A map from stretches of bytes to ids: the bytes of all keys one after another, found by an
/// open-addressed table. Filled once, then read by any number of threads.
public final class PieceTable {
    private byte[] bytes = new byte[1 << 12];
    private int[] starts = new int[1 << 8];
    private int[] ids = new int[1 << 8];
    private int size;
    private int longest;

    /// Index of a key plus one; zero where the slot is free.
    private int[] slots = new int[1 << 10];

    /// Adds a key that is not there yet.
    public void put(byte[] key, int id) {
        int used = size == 0 ? 0 : starts[size];
        if (used + key.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + key.length));
        }
        if (size + 1 == starts.length) {
            starts = Arrays.copyOf(starts, size * 2 + 2);
            ids = Arrays.copyOf(ids, size * 2 + 2);
        }
        System.arraycopy(key, 0, bytes, used, key.length);
        ids[size] = id;
        size++;
        starts[size] = used + key.length;
        longest = Math.max(longest, key.length);
        if (size * 2 > slots.length) {
            slots = new int[slots.length * 2];
            for (int i = 0; i < size; i++) {
                insert(i);
            }
        } else {
            insert(size - 1);
        }
    }

    private void insert(int index) {
        int mask = slots.length - 1;
        int slot = hash(bytes, starts[index], starts[index + 1]) & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        slots[slot] = index + 1;
    }

    /// Whether there is no key.
    public boolean isEmpty() {
        return size == 0;
    }

    /// Id of a stretch; -1 if it is no key.
    public int get(byte[] text, int start, int end) {
        if (end - start > longest) {
            return -1;
        }
        int mask = slots.length - 1;
        int slot = hash(text, start, end) & mask;
        while (slots[slot] != 0) {
            int index = slots[slot] - 1;
            if (Arrays.equals(bytes, starts[index], starts[index + 1], text, start, end)) {
                return ids[index];
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    /// Length of the longest key in bytes.
    public int longest() {
        return longest;
    }

    private static int hash(byte[] text, int start, int end) {
        long hash = 0xCBF29CE484222325L;
        for (int i = start; i < end; i++) {
            hash = (hash ^ text[i] & 0xFF) * 0x100000001B3L;
        }
        return (int) (hash ^ hash >>> 29);
    }
}
