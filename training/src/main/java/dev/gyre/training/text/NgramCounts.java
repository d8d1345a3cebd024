package dev.gyre.training.text;

import java.util.Arrays;

/// Counts by n-gram key, in one open-addressing table.
final class NgramCounts {
    private static final long EMPTY = -1;

    private long[] keys = new long[1 << 16];
    private int[] counts = new int[1 << 16];
    private int size;

    NgramCounts() {
        Arrays.fill(keys, EMPTY);
    }

    /// @param key at least 0
    /// @return the count before
    int add(long key, int count) {
        if (size * 2 > keys.length) {
            grow();
        }
        int slot = slot(keys, key);
        if (keys[slot] == EMPTY) {
            keys[slot] = key;
            size++;
        }
        int before = counts[slot];
        counts[slot] += count;
        return before;
    }

    /// 0 for keys that were never added.
    int get(long key) {
        return counts[slot(keys, key)];
    }

    int size() {
        return size;
    }

    /// Takes a key and its count.
    @FunctionalInterface
    interface Visitor {
        void visit(long key, int count);
    }

    void forEach(Visitor visitor) {
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != EMPTY) {
                visitor.visit(keys[slot], counts[slot]);
            }
        }
    }

    private static int slot(long[] keys, long key) {
        long hash = key * 0x9E3779B97F4A7C15L;
        int mask = keys.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (keys[slot] != EMPTY && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldCounts = counts;
        keys = new long[oldKeys.length * 2];
        counts = new int[keys.length];
        Arrays.fill(keys, EMPTY);
        for (int index = 0; index < oldKeys.length; index++) {
            if (oldKeys[index] != EMPTY) {
                int slot = slot(keys, oldKeys[index]);
                keys[slot] = oldKeys[index];
                counts[slot] = oldCounts[index];
            }
        }
    }
}
