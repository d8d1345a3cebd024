package dev.gyre.tokenizer.training;

import java.util.Arrays;

/// Pairs by falling count, equal ones by rising ids: a heap with four children a node.
final class PairHeap {
    private static final int CHILDREN = 4;

    private long[] counts = new long[1 << 10];
    private long[] keys = new long[1 << 10];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /// Count of the pair on top.
    long topCount() {
        return counts[0];
    }

    /// The pair on top.
    long topKey() {
        return keys[0];
    }

    void push(long count, long key) {
        if (size == keys.length) {
            counts = Arrays.copyOf(counts, size + (size >> 1));
            keys = Arrays.copyOf(keys, counts.length);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) / CHILDREN;
            if (!before(count, key, counts[parent], keys[parent])) {
                break;
            }
            counts[at] = counts[parent];
            keys[at] = keys[parent];
            at = parent;
        }
        counts[at] = count;
        keys[at] = key;
    }

    void pop() {
        size--;
        sink(counts[size], keys[size]);
    }

    /// Gives the pair on top another count.
    void replaceTop(long count) {
        sink(count, keys[0]);
    }

    private void sink(long count, long key) {
        int at = 0;
        while (true) {
            int first = at * CHILDREN + 1;
            if (first >= size) {
                break;
            }
            int best = first;
            int last = Math.min(first + CHILDREN, size);
            for (int child = first + 1; child < last; child++) {
                if (before(counts[child], keys[child], counts[best], keys[best])) {
                    best = child;
                }
            }
            if (!before(counts[best], keys[best], count, key)) {
                break;
            }
            counts[at] = counts[best];
            keys[at] = keys[best];
            at = best;
        }
        counts[at] = count;
        keys[at] = key;
    }

    private static boolean before(long count, long key, long otherCount, long otherKey) {
        return count != otherCount ? count > otherCount : key < otherKey;
    }
}
