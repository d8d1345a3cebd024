package dev.gyre.model;

import dev.gyre.tokenizer.formats.GgufFront;
import dev.gyre.tokenizer.formats.GgufMetadata;
import dev.gyre.tokenizer.formats.GgufReader;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The list of tensors of a GGUF file, which stands behind its metadata.
final class GgufTensors {
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_ALIGNMENT = 1 << 20;

    private final MemorySegment file;
    private final GgufReader reader;
    private final long alignment;

    private GgufTensors(MemorySegment file, GgufFront front) {
        this.file = file;
        this.reader = new GgufReader(file, front.end());
        this.alignment = alignment(front.metadata());
    }

    /// The tensors, with GGUF's names, shapes turned round to slowest dimension first.
    ///
    /// @param front the front of the same file
    /// @throws IllegalArgumentException if the list is malformed, or a tensor's type is not
    ///   supported
    static List<Tensor> read(MemorySegment file, GgufFront front) {
        return new GgufTensors(file, front).tensors(front.tensors());
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

    private List<Tensor> tensors(int count) {
        var infos = new ArrayList<Info>();
        for (int i = 0; i < count; i++) {
            infos.add(info());
        }
        long dataStart = (reader.position() + alignment - 1) / alignment * alignment;
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

    private Info info() {
        String name = reader.text("tensor name", GgufReader.MAX_NAME_BYTES);
        int dimensions = reader.int32();
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "tensor %s has %s dimensions, the limit is %d"
                            .formatted(name, Integer.toUnsignedString(dimensions), MAX_DIMENSIONS));
        }
        var shape = new ArrayList<Long>();
        for (int i = 0; i < dimensions; i++) {
            long size = reader.int64();
            if (size < 1) {
                throw new IllegalArgumentException(
                        "tensor %s has a dimension of size %s"
                                .formatted(name, Long.toUnsignedString(size)));
            }
            shape.addFirst(size);
        }
        DataType type;
        try {
            type = DataType.ofGgml(reader.int32());
        } catch (IllegalArgumentException unsupported) {
            throw new IllegalArgumentException(
                    "tensor %s is of %s".formatted(name, unsupported.getMessage()), unsupported);
        }
        long offset = reader.int64();
        if (offset < 0 || offset % alignment != 0) {
            throw new IllegalArgumentException(
                    "tensor %s is at offset %s, no multiple of the alignment %d"
                            .formatted(name, Long.toUnsignedString(offset), alignment));
        }
        return new Info(name, type, shape, offset);
    }
}
