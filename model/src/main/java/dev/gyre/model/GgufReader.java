package dev.gyre.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;

/// Reads the front of a GGUF file: magic, version, metadata, tensor list. Every length and count is
/// held against a limit and against the bytes that are left before memory is taken for it, so a
/// hostile file costs no more than a small multiple of the metadata it really holds.
final class GgufReader {
    static final int MAX_KEYS = 16_384;
    static final int MAX_TENSORS = 65_536;
    static final int MAX_NAME_BYTES = 1024;
    static final int MAX_STRING_BYTES = 4 << 20;
    static final int MAX_LIST_ELEMENTS = 8 << 20;
    static final long MAX_METADATA_BYTES = 128L << 20;
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_ALIGNMENT = 1 << 20;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private long position;
    private int listElementsLeft = MAX_LIST_ELEMENTS;

    private GgufReader(MemorySegment file) {
        this.file = file;
    }

    /// What the front of the file says.
    ///
    /// @param tensors with GGUF's names, shapes turned round to slowest dimension first
    record Contents(GgufMetadata metadata, List<Tensor> tensors) {}

    static Contents read(MemorySegment file) {
        return new GgufReader(file).read();
    }

    private Contents read() {
        if (file.byteSize() < 24 || !"GGUF".equals(ascii(4))) {
            throw new IllegalArgumentException("it does not begin with GGUF");
        }
        int version = file.get(INT, take(4));
        if (version != 2 && version != 3) {
            throw new IllegalArgumentException(
                    "version %d; supported are 2 and 3, little-endian".formatted(version));
        }
        int tensorCount = count("tensors", MAX_TENSORS, 24);
        int keyCount = count("keys", MAX_KEYS, 13);
        var values = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keyCount; i++) {
            String key = string("key", MAX_NAME_BYTES);
            if (values.put(key, value(key)) != null) {
                throw new IllegalArgumentException("key " + key + " is there twice");
            }
        }
        var metadata = new GgufMetadata(Collections.unmodifiableMap(values));
        return new Contents(metadata, tensors(tensorCount, alignment(metadata)));
    }

    private static long alignment(GgufMetadata metadata) {
        Long alignment = metadata.integer("general.alignment");
        if (alignment == null) {
            return 32;
        }
        if (alignment < 8 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException(
                    "general.alignment is %d, it must be a power of two from 8 to %d"
                            .formatted(alignment, MAX_ALIGNMENT));
        }
        return alignment;
    }

    private record Info(String name, DataType type, List<Long> shape, long offset) {}

    private List<Tensor> tensors(int count, long alignment) {
        var infos = new ArrayList<Info>();
        for (int i = 0; i < count; i++) {
            infos.add(info(alignment));
        }
        long dataStart = (position + alignment - 1) / alignment * alignment;
        if (count > 0 && dataStart > file.byteSize()) {
            throw new IllegalArgumentException("the file ends before its tensors");
        }
        long dataBytes = Math.max(0, file.byteSize() - dataStart);
        var tensors = new ArrayList<Tensor>();
        long end = 0;
        // Writers lay tensors out in the order of their list; holding them to it rules out overlap.
        for (Info info : infos) {
            try {
                long elements = 1;
                for (long size : info.shape) {
                    elements = Math.multiplyExact(elements, size);
                }
                long bytes = info.type.bytes(elements);
                if (info.offset < end || bytes > dataBytes || info.offset > dataBytes - bytes) {
                    throw new IllegalArgumentException(
                            "bytes [%d, +%d] overlap the tensor before or leave the %d bytes of data"
                                    .formatted(info.offset, bytes, dataBytes));
                }
                end = info.offset + bytes;
                tensors.add(
                        new Tensor(
                                info.name,
                                info.type,
                                info.shape,
                                file.asSlice(dataStart + info.offset, bytes)));
            } catch (ArithmeticException overflow) {
                throw new IllegalArgumentException(
                        "tensor %s: shape %s is too large".formatted(info.name, info.shape),
                        overflow);
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException(
                        "tensor %s: %s".formatted(info.name, malformed.getMessage()), malformed);
            }
        }
        return tensors;
    }

    private Info info(long alignment) {
        String name = string("tensor name", MAX_NAME_BYTES);
        int dimensions = file.get(INT, take(4));
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "tensor %s has %s dimensions, the limit is %d"
                            .formatted(name, Integer.toUnsignedString(dimensions), MAX_DIMENSIONS));
        }
        var shape = new ArrayList<Long>();
        for (int i = 0; i < dimensions; i++) {
            long size = file.get(LONG, take(8));
            if (size < 1) {
                throw new IllegalArgumentException(
                        "tensor %s has a dimension of size %s"
                                .formatted(name, Long.toUnsignedString(size)));
            }
            shape.addFirst(size);
        }
        DataType type;
        try {
            type = DataType.ofGgml(file.get(INT, take(4)));
        } catch (IllegalArgumentException unsupported) {
            throw new IllegalArgumentException(
                    "tensor %s is of %s".formatted(name, unsupported.getMessage()), unsupported);
        }
        long offset = file.get(LONG, take(8));
        if (offset < 0 || offset % alignment != 0) {
            throw new IllegalArgumentException(
                    "tensor %s is at offset %s, no multiple of the alignment %d"
                            .formatted(name, Long.toUnsignedString(offset), alignment));
        }
        return new Info(name, type, shape, offset);
    }

    private Object value(String key) {
        int type = file.get(INT, take(4));
        return switch (type) {
            case 0, 1, 2, 3, 4, 5, 7, 10, 11 -> {
                long number = integers(key, type, 1)[0];
                yield type == 7 ? (Object) (number != 0) : (Object) number;
            }
            case 6, 12 -> floats(key, type, 1)[0];
            case 8 -> string(key, MAX_STRING_BYTES);
            case 9 -> list(key);
            default -> throw unknownType(key, type);
        };
    }

    private Object list(String key) {
        int type = file.get(INT, take(4));
        int smallest =
                switch (type) {
                    case 0, 1, 7 -> 1;
                    case 2, 3 -> 2;
                    case 4, 5, 6 -> 4;
                    case 8, 10, 11, 12 -> 8;
                    case 9 ->
                            throw new IllegalArgumentException(
                                    "key %s is a list of lists, which is not supported"
                                            .formatted(key));
                    default -> throw unknownType(key, type);
                };
        int count = count("elements of " + key, listElementsLeft, smallest);
        listElementsLeft -= count;
        if (type == 8) {
            var strings = new ArrayList<String>(count);
            for (int i = 0; i < count; i++) {
                strings.add(string(key, MAX_STRING_BYTES));
            }
            return Collections.unmodifiableList(strings);
        }
        return type == 6 || type == 12 ? floats(key, type, count) : integers(key, type, count);
    }

    private long[] integers(String key, int type, int count) {
        return switch (type) {
            case 0 ->
                    longs(count, 1, at -> Byte.toUnsignedLong(file.get(ValueLayout.JAVA_BYTE, at)));
            case 1 -> longs(count, 1, at -> file.get(ValueLayout.JAVA_BYTE, at));
            case 2 -> longs(count, 2, at -> Short.toUnsignedLong(file.get(SHORT, at)));
            case 3 -> longs(count, 2, at -> file.get(SHORT, at));
            case 4 -> longs(count, 4, at -> Integer.toUnsignedLong(file.get(INT, at)));
            case 5 -> longs(count, 4, at -> file.get(INT, at));
            case 7 -> longs(count, 1, at -> truth(key, file.get(ValueLayout.JAVA_BYTE, at)));
            case 10 -> longs(count, 8, at -> notTooLarge(key, file.get(LONG, at)));
            case 11 -> longs(count, 8, at -> file.get(LONG, at));
            default -> throw unknownType(key, type);
        };
    }

    private double[] floats(String key, int type, int count) {
        var values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] =
                    type == 6
                            ? Float.intBitsToFloat(file.get(INT, take(4)))
                            : Double.longBitsToDouble(file.get(LONG, take(8)));
        }
        return values;
    }

    @FunctionalInterface
    private interface LongAt {
        long get(long position);
    }

    private long[] longs(int count, int width, LongAt at) {
        var values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = at.get(take(width));
        }
        return values;
    }

    private static long truth(String key, byte value) {
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException(
                    "key %s is the truth value %d, it must be 0 or 1".formatted(key, value));
        }
        return value;
    }

    private static long notTooLarge(String key, long unsigned) {
        if (unsigned < 0) {
            throw new IllegalArgumentException(
                    "key %s is %s, the limit is 2^63 - 1"
                            .formatted(key, Long.toUnsignedString(unsigned)));
        }
        return unsigned;
    }

    private static IllegalArgumentException unknownType(String key, int type) {
        return new IllegalArgumentException("key %s has unknown type %d".formatted(key, type));
    }

    private int count(String what, int limit, int smallestBytes) {
        long count = file.get(LONG, take(8));
        long fitting = Math.min(limit, (file.byteSize() - position) / smallestBytes);
        if (count < 0 || count > fitting) {
            throw new IllegalArgumentException(
                    "%s %s, the limit is %d (%d would fit into the rest of the file)"
                            .formatted(
                                    Long.toUnsignedString(count),
                                    what,
                                    limit,
                                    (file.byteSize() - position) / smallestBytes));
        }
        return (int) count;
    }

    private String string(String what, int limit) {
        long length = file.get(LONG, take(8));
        if (length < 0 || length > limit) {
            throw new IllegalArgumentException(
                    "%s: a string of %s bytes, the limit is %d"
                            .formatted(what, Long.toUnsignedString(length), limit));
        }
        ByteBuffer bytes = file.asSlice(take(length), length).asByteBuffer();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException(what + ": a string is not UTF-8", malformed);
        }
    }

    private String ascii(int length) {
        byte[] bytes = file.asSlice(take(length), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// The position of the next `bytes` bytes, which are then behind us.
    private long take(long bytes) {
        if (bytes > file.byteSize() - position) {
            throw new IllegalArgumentException(
                    "the file ends at byte %d, inside its header".formatted(file.byteSize()));
        }
        if (position + bytes > MAX_METADATA_BYTES) {
            throw new IllegalArgumentException(
                    "the header has more than %d bytes".formatted(MAX_METADATA_BYTES));
        }
        long at = position;
        position += bytes;
        return at;
    }
}
