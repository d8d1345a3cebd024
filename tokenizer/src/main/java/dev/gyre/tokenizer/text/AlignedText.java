package dev.gyre.tokenizer.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Text that was changed on its way, as UTF-8, with the stretch of the text as given that each byte
/// comes from.
///
/// The origins are kept only where somebody will ask for offsets. They follow Hugging Face's
/// alignment: a character that replaces another has its origin, one that is put in has that of the
/// character before it.
public final class AlignedText {
    private final byte[] bytes;
    private final int length;

    /// Where the text as given begins, as long as nothing has changed.
    private final int base;

    private final boolean aligned;
    private final int @Nullable [] starts;
    private final int @Nullable [] ends;

    private AlignedText(
            byte[] bytes,
            int length,
            int base,
            boolean aligned,
            int @Nullable [] starts,
            int @Nullable [] ends) {
        this.bytes = bytes;
        this.length = length;
        this.base = base;
        this.aligned = aligned;
        this.starts = starts;
        this.ends = ends;
    }

    /// A text as it is, without a copy.
    ///
    /// @param text valid UTF-8, readable for 16 bytes after `length`
    /// @param aligned whether origins are kept
    public static AlignedText wrap(byte[] text, int length, boolean aligned) {
        return new AlignedText(text, length, 0, aligned, null, null);
    }

    /// A stretch of text as it is.
    ///
    /// @param text valid UTF-8
    /// @param aligned whether origins are kept; they count from the beginning of `text`
    public static AlignedText of(byte[] text, int start, int end, boolean aligned) {
        byte[] bytes = new byte[end - start + Utf8Text.PADDING];
        System.arraycopy(text, start, bytes, 0, end - start);
        return new AlignedText(bytes, end - start, start, aligned, null, null);
    }

    /// A changed text in which what stands between two places comes from what stands between their
    /// origins.
    ///
    /// @param bytes valid UTF-8, readable for 16 bytes after `length`
    /// @param origins for each byte, and for the end, where it comes from, ascending; `null` if
    ///   origins are not kept
    public static AlignedText between(byte[] bytes, int length, int @Nullable [] origins) {
        int[] ends = origins == null ? null : Arrays.copyOfRange(origins, 1, length + 1);
        return new AlignedText(bytes, length, 0, origins != null, origins, ends);
    }

    /// Whether origins are kept.
    public boolean isAligned() {
        return aligned;
    }

    /// The bytes, readable for 16 more.
    public byte[] bytes() {
        return bytes;
    }

    /// Number of bytes.
    public int length() {
        return length;
    }

    /// First byte of the origin of what begins at `start`.
    public int originStart(int start) {
        return starts == null ? base + start : starts[start];
    }

    /// The byte behind the origin of what ends at `end`, which is at least 1.
    public int originEnd(int end) {
        return ends == null ? base + end : ends[end - 1];
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /// Begins a changed copy of this text.
    public Builder change() {
        return new Builder(this);
    }

    /// The changed copy of a text, written from front to back.
    public static final class Builder {
        private final AlignedText source;
        private byte[] bytes;
        private int @Nullable [] starts;
        private int @Nullable [] ends;
        private int length;

        private Builder(AlignedText source) {
            this.source = source;
            bytes = new byte[source.length + source.length / 4 + 32];
            if (source.aligned) {
                starts = new int[bytes.length];
                ends = new int[bytes.length];
            }
        }

        /// Copies whole characters of the source.
        public void copy(int from, int to) {
            int size = to - from;
            reserve(size);
            System.arraycopy(source.bytes, from, bytes, length, size);
            if (starts != null && ends != null) {
                if (source.starts != null && source.ends != null) {
                    System.arraycopy(source.starts, from, starts, length, size);
                    System.arraycopy(source.ends, from, ends, length, size);
                } else {
                    for (int at = from; at < to; ) {
                        int width = Utf8.size(source.bytes[at]);
                        align(length + at - from, width, source.base + at, width);
                        at += width;
                    }
                }
            }
            length += size;
        }

        private void align(int at, int size, int originStart, int originSize) {
            if (starts != null && ends != null) {
                Arrays.fill(starts, at, at + size, originStart);
                Arrays.fill(ends, at, at + size, originStart + originSize);
            }
        }

        /// Writes a character that takes the place of the one at a byte of the source.
        public void replace(int codePoint, int at) {
            write(codePoint, at);
        }

        /// Writes a character that has no place in the source: its origin is that of the byte
        /// before `at`, or nothing at the beginning.
        public void insert(int codePoint, int at) {
            write(codePoint, at - 1);
        }

        /// @param at byte of the source that gives the origin; -1 for none
        private void write(int codePoint, int at) {
            reserve(4);
            int size = Utf8.put(codePoint, bytes, length);
            if (source.aligned && at < 0) {
                align(length, size, 0, 0);
            } else if (source.starts != null && source.ends != null) {
                align(length, size, source.starts[at], source.ends[at] - source.starts[at]);
            } else if (source.aligned) {
                int first = Utf8.before(source.bytes, at + 1);
                align(length, size, source.base + first, Utf8.size(source.bytes[first]));
            }
            length += size;
        }

        private void reserve(int size) {
            int needed = length + size + Utf8Text.PADDING;
            if (needed < 0 || needed > Utf8Text.MAX_BYTES * 2) {
                throw new IllegalArgumentException(
                        "normalised, the text has over %d bytes; encode it in parts"
                                .formatted(Utf8Text.MAX_BYTES));
            }
            if (needed > bytes.length) {
                int capacity = Math.max(needed, bytes.length * 2);
                bytes = Arrays.copyOf(bytes, capacity);
                starts = starts == null ? null : Arrays.copyOf(starts, capacity);
                ends = ends == null ? null : Arrays.copyOf(ends, capacity);
            }
        }

        /// Number of bytes so far.
        public int length() {
            return length;
        }

        /// The changed text.
        public AlignedText done() {
            Arrays.fill(bytes, length, Math.min(bytes.length, length + Utf8Text.PADDING), (byte) 0);
            return new AlignedText(bytes, length, 0, source.aligned, starts, ends);
        }
    }
}
