package dev.gyre.tokenizer.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The front of a GGUF file: magic, version, counts and metadata, the vocabulary among it. The list
/// of tensors and the tensors follow it, gigabytes perhaps, and are not looked at.
///
/// ```java
/// GgufFront front = GgufFront.load(Path.of("SmolLM2-135M-Instruct.Q4_1.gguf"));
/// Tokenizer tokenizer = GgufTokenizer.tokenizer(front.metadata());
/// ```
///
/// @param tensors number of tensors that the file lists behind its metadata, at most 65536
/// @param metadata the key-value part
/// @param end first byte behind the metadata, where the list of tensors begins
/// @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
public record GgufFront(int tensors, GgufMetadata metadata, long end) {
    private static final int MAX_KEYS = 16_384;
    private static final int MAX_TENSORS = 65_536;
    private static final int MAX_TEXT_BYTES = 4 << 20;
    private static final int MAX_LIST_ELEMENTS = 8 << 20;

    /// "GGUF" as a little-endian number.
    private static final int MAGIC = 0x46554747;

    /// Loads the front of a file. The rest of it is not read.
    ///
    /// @throws IllegalArgumentException as [#read] does, naming the file
    /// @throws UncheckedIOException if it cannot be read
    public static GgufFront load(Path file) {
        try {
            return parse(cut(file));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// Reads the front of a file, mapped or in memory.
    ///
    /// @param file the file, or its front up to the end of the metadata or beyond
    /// @throws IllegalArgumentException if it is no GGUF file, ends inside the metadata, or is over
    ///   a limit
    public static GgufFront read(MemorySegment file) {
        if (file.byteSize() < 4 || new GgufReader(file, 0).int32() != MAGIC) {
            throw new IllegalArgumentException("it does not begin with GGUF");
        }
        GgufReader reader = new GgufReader(file, 4);
        int version = reader.int32();
        if (version != 2 && version != 3) {
            throw new IllegalArgumentException(
                    "version %d; supported are 2 and 3, little-endian".formatted(version));
        }
        int tensors = tensorCount(reader.int64());
        return new GgufFront(tensors, new Values(reader).metadata(), reader.position());
    }

    /// Whether so many fit into the file is for the reader of their list to say: a front need not
    /// have it.
    private static int tensorCount(long count) {
        if (count < 0 || count > MAX_TENSORS) {
            throw new IllegalArgumentException(
                    "%s tensors, the limit is %d"
                            .formatted(Long.toUnsignedString(count), MAX_TENSORS));
        }
        return (int) count;
    }

    /// Reads a front that is in memory.
    ///
    /// @throws IllegalArgumentException as [#read] does
    public static GgufFront parse(byte[] front) {
        return read(MemorySegment.ofArray(front));
    }

    /// The bytes of a file up to the end of its metadata, all that [#parse] needs. The rest of the
    /// file is not read.
    ///
    /// @throws IllegalArgumentException as [#read] does
    /// @throws UncheckedIOException if the file cannot be read
    public static byte[] cut(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return mapped.asSlice(0, read(mapped).end()).toArray(ValueLayout.JAVA_BYTE);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
    }

    /// The key-value part, whose lists share one limit.
    private static final class Values {
        private final GgufReader reader;
        private int listElementsLeft = MAX_LIST_ELEMENTS;

        Values(GgufReader reader) {
            this.reader = reader;
        }

        GgufMetadata metadata() {
            int count = reader.count("keys", MAX_KEYS, 13);
            Map<String, Object> values = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                String key = reader.text("key", GgufReader.MAX_NAME_BYTES);
                if (values.put(key, value(key)) != null) {
                    throw new IllegalArgumentException("key " + key + " is there twice");
                }
            }
            return new GgufMetadata(Collections.unmodifiableMap(values));
        }

        private Object value(String key) {
            int type = reader.int32();
            return switch (type) {
                case 0, 1, 2, 3, 4, 5, 10, 11 -> integer(key, type);
                case 6, 12 -> floating(type);
                case 7 -> integer(key, type) != 0;
                case 8 -> reader.text(key, MAX_TEXT_BYTES);
                case 9 -> list(key);
                default -> throw unknownType(key, type);
            };
        }

        private Object list(String key) {
            int type = reader.int32();
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
            int count = reader.count("elements of " + key, listElementsLeft, smallest);
            listElementsLeft -= count;
            return switch (type) {
                case 8 -> texts(key, count);
                case 6, 12 -> floats(type, count);
                default -> integers(key, type, count);
            };
        }

        private List<String> texts(String key, int count) {
            List<String> texts = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                texts.add(reader.text(key, MAX_TEXT_BYTES));
            }
            return Collections.unmodifiableList(texts);
        }

        private double[] floats(int type, int count) {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = floating(type);
            }
            return values;
        }

        private long[] integers(String key, int type, int count) {
            long[] values = new long[count];
            for (int i = 0; i < count; i++) {
                values[i] = integer(key, type);
            }
            return values;
        }

        private double floating(int type) {
            return type == 6
                    ? Float.intBitsToFloat(reader.int32())
                    : Double.longBitsToDouble(reader.int64());
        }

        private long integer(String key, int type) {
            return switch (type) {
                case 0 -> Byte.toUnsignedLong(reader.int8());
                case 1 -> reader.int8();
                case 2 -> Short.toUnsignedLong(reader.int16());
                case 3 -> reader.int16();
                case 4 -> Integer.toUnsignedLong(reader.int32());
                case 5 -> reader.int32();
                case 7 -> truth(key, reader.int8());
                case 10 -> notTooLarge(key, reader.int64());
                case 11 -> reader.int64();
                default -> throw unknownType(key, type);
            };
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
    }
}
