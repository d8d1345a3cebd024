package dev.gyre.tokenizer.text;

import java.util.Arrays;

/// Token ids, growing; where it was made so, with the stretch of text that each id stands for.
public final class IdBuffer {
    private final boolean spans;
    private int[] ids;
    private int[] starts;
    private int[] ends;
    private int size;

    /// Ids alone.
    ///
    /// @param capacity ids expected
    public IdBuffer(int capacity) {
        this(capacity, false);
    }

    private IdBuffer(int capacity, boolean spans) {
        this.spans = spans;
        ids = new int[Math.max(16, capacity)];
        starts = new int[spans ? ids.length : 0];
        ends = new int[spans ? ids.length : 0];
    }

    /// Ids with the bytes that they stand for.
    ///
    /// @param capacity ids expected
    public static IdBuffer withSpans(int capacity) {
        return new IdBuffer(capacity, true);
    }

    /// Whether spans are kept: then every id must come with one.
    public boolean keepsSpans() {
        return spans;
    }

    /// Appends an id without a span.
    public void add(int id) {
        if (size == ids.length) {
            grow();
        }
        ids[size++] = id;
    }

    /// Appends an id and, if spans are kept, the bytes that it stands for.
    ///
    /// @param start first byte in the text that is being encoded
    /// @param end the byte behind the last
    public void add(int id, int start, int end) {
        if (size == ids.length) {
            grow();
        }
        if (spans) {
            starts[size] = start;
            ends[size] = end;
        }
        ids[size++] = id;
    }

    /// Appends ids without spans.
    public void addAll(int[] more) {
        for (int id : more) {
            add(id);
        }
    }

    private void grow() {
        grow(size * 2);
    }

    private void grow(int capacity) {
        ids = Arrays.copyOf(ids, capacity);
        if (spans) {
            starts = Arrays.copyOf(starts, ids.length);
            ends = Arrays.copyOf(ends, ids.length);
        }
    }

    /// Turns spans in a changed text into spans in the text as given.
    ///
    /// @param from index of the first id whose span is turned
    public void mapSpans(int from, AlignedText changed) {
        for (int i = from; i < size; i++) {
            int start = starts[i];
            int end = ends[i];
            starts[i] = changed.originStart(Math.min(start, Math.max(0, changed.length() - 1)));
            ends[i] = end == 0 ? starts[i] : changed.originEnd(end);
        }
    }

    /// Lets the last id's stretch end further on.
    public void extendLast(int end) {
        if (spans) {
            ends[size - 1] = end;
        }
    }

    /// Drops all ids but the first.
    ///
    /// @param newSize number of ids that stay, at most [#size]
    public void truncate(int newSize) {
        size = newSize;
    }

    /// The ids themselves, for an encoder that writes many and tells so by [#advance]; there is
    /// room for `more` behind the first [#size]. No spans may be kept.
    public int[] reserve(int more) {
        if (ids.length - size < more) {
            grow(
                    (int)
                            Math.min(
                                    Integer.MAX_VALUE - 8,
                                    Math.max(size + size / 2L, (long) size + more)));
        }
        return ids;
    }

    /// Counts in the ids that were written behind the last.
    public void advance(int newSize) {
        size = newSize;
    }

    public int get(int index) {
        return ids[index];
    }

    /// First byte of the token at an index; spans must be kept.
    public int start(int index) {
        return starts[index];
    }

    /// The byte behind the token at an index; spans must be kept.
    public int end(int index) {
        return ends[index];
    }

    public int size() {
        return size;
    }

    public int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
