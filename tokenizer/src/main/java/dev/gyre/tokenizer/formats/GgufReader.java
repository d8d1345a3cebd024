package dev.gyre.tokenizer.formats;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads the values at the front of a GGUF file one after another: little-endian numbers, texts and
/// counts. Every length and count is held against a limit and against the bytes that are left
/// before memory is taken for it, so a hostile file costs no more than a small multiple of what it
/// holds.
///
/// Every method throws [IllegalArgumentException] where the file ends inside the value or what was
/// read goes over [#MAX_FRONT_BYTES].
public final class GgufReader {
    /// The most bytes of a file that are read: its metadata and its list of tensors.
    public static final long MAX_FRONT_BYTES = 128L << 20;

    /// The longest name of a key or a tensor, in bytes.
    public static final int MAX_NAME_BYTES = 1024;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private long position;

    /// @param file the file, or as much of its front as is wanted
    /// @param position first byte that is read
    public GgufReader(MemorySegment file, long position) {
        this.file = file;
        this.position = position;
    }

    /// Where the next value begins, in bytes from the front of the file.
    public long position() {
        return position;
    }

    /// The next byte.
    public byte int8() {
        return file.get(BYTE, take(1));
    }

    /// The next two bytes.
    public short int16() {
        return file.get(SHORT, take(2));
    }

    /// The next four bytes.
    public int int32() {
        return file.get(INT, take(4));
    }

    /// The next eight bytes.
    public long int64() {
        return file.get(LONG, take(8));
    }

    /// The next text: its length, then so many bytes of UTF-8.
    ///
    /// @param what what it is, for messages
    /// @param mostBytes the limit of its length
    /// @throws IllegalArgumentException if it is longer, or not UTF-8
    public String text(String what, int mostBytes) {
        long length = int64();
        if (length < 0 || length > mostBytes) {
            throw new IllegalArgumentException(
                    "%s: a string of %s bytes, the limit is %d"
                            .formatted(what, Long.toUnsignedString(length), mostBytes));
        }
        ByteBuffer bytes = file.asSlice(take(length), length).asByteBuffer();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException(what + ": a string is not UTF-8", malformed);
        }
    }

    /// The number of things that follow.
    ///
    /// @param what what they are, for messages
    /// @param most the limit of their number
    /// @param smallestBytes the fewest bytes that one of them takes
    /// @throws IllegalArgumentException if there are more, or more than the file has room for
    public int count(String what, int most, int smallestBytes) {
        long count = int64();
        long fitting = (file.byteSize() - position) / smallestBytes;
        if (count < 0 || count > most) {
            throw new IllegalArgumentException(
                    "%s %s, the limit is %d".formatted(Long.toUnsignedString(count), what, most));
        }
        if (count > fitting) {
            throw new IllegalArgumentException(
                    "%d %s, but only %d would fit into the rest of the file; it is cut short or damaged"
                            .formatted(count, what, fitting));
        }
        return (int) count;
    }

    /// The position of the next `bytes` bytes, which are then behind us.
    private long take(long bytes) {
        if (bytes > file.byteSize() - position) {
            throw new IllegalArgumentException(
                    "the file ends at byte %d, inside its header".formatted(file.byteSize()));
        }
        if (position + bytes > MAX_FRONT_BYTES) {
            throw new IllegalArgumentException(
                    "the header has more than %d bytes".formatted(MAX_FRONT_BYTES));
        }
        long at = position;
        position += bytes;
        return at;
    }
}
