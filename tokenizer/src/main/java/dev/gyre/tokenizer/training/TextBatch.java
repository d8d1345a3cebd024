package dev.gyre.tokenizer.training;

import java.util.Arrays;

/// Texts on their way to the thread that counts them.
final class TextBatch {
    /// Bytes after which a batch is full; a longer text makes a longer batch.
    static final int FULL = 1 << 20;

    private byte[] bytes = new byte[1 << 16];
    private int length;
    private int[] ends = new int[64];
    private long[] counts = new long[64];
    private int size;

    /// Takes a copy of one text.
    void add(byte[] text, int start, int end, long count) {
        int added = end - start;
        if (length + added + PieceCounts.PADDING > bytes.length) {
            bytes =
                    Arrays.copyOf(
                            bytes,
                            Math.max(bytes.length * 2, length + added + PieceCounts.PADDING));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
        }
        System.arraycopy(text, start, bytes, length, added);
        length += added;
        ends[size] = length;
        counts[size++] = count;
    }

    boolean isFull() {
        return length >= FULL;
    }

    int size() {
        return size;
    }

    /// The texts one after another, with room behind.
    byte[] bytes() {
        return bytes;
    }

    int start(int text) {
        return text == 0 ? 0 : ends[text - 1];
    }

    int end(int text) {
        return ends[text];
    }

    long count(int text) {
        return counts[text];
    }
}
