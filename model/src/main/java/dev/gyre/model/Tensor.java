package dev.gyre.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/// One named weight: its shape and its stored bytes, which are read as float32.
///
/// Bytes are usually a mapped part of a file; they may as well be a parameter in libtorch's memory
/// or an array on the heap. A tensor does not own them: see [Weights#close()].
///
/// @param name Hugging Face's name, for example `model.layers.0.self_attn.q_proj.weight`
/// @param type how the elements are stored
/// @param shape sizes, slowest dimension first: `[out, in]` for a projection
/// @param bytes exactly the stored elements, row-major, little-endian
public record Tensor(String name, DataType type, List<Long> shape, MemorySegment bytes) {

    public Tensor {
        Objects.requireNonNull(name, "name");
        shape = List.copyOf(shape);
        long needed = type.bytes(elements(name, shape));
        if (bytes.byteSize() != needed) {
            throw new IllegalArgumentException(
                    "tensor %s of shape %s in %s needs %d bytes, there are %d"
                            .formatted(name, shape, type, needed, bytes.byteSize()));
        }
        if (!type.isFloatingPoint()
                && (shape.isEmpty() || shape.getLast() % type.blockElements() != 0)) {
            throw new IllegalArgumentException(
                    "tensor %s: rows of shape %s are no whole number of %s blocks of %d elements"
                            .formatted(name, shape, type, type.blockElements()));
        }
    }

    /// A float32 tensor over `values` (not copied).
    public static Tensor of(String name, List<Long> shape, float[] values) {
        return new Tensor(name, DataType.F32, shape, MemorySegment.ofArray(values));
    }

    /// The number of elements.
    public long elements() {
        return elements(name, shape);
    }

    /// All elements as float32, row-major.
    ///
    /// @throws IllegalArgumentException if there are more than an array can hold: read in parts
    public float[] toFloats() {
        if (elements() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "tensor %s has %d elements, an array holds 2^31 - 9; read it in parts"
                            .formatted(name, elements()));
        }
        float[] values = new float[(int) elements()];
        read(0, values, 0, values.length);
        return values;
    }

    /// Reads `count` elements from element `first` on into `target` from `offset` on. `first` and
    /// `count` must be multiples of the type's block; whole rows always are.
    public void read(long first, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(first, count, elements());
        Objects.checkFromIndexSize(offset, count, target.length);
        int block = type.blockElements();
        if (first % block != 0 || count % block != 0) {
            throw new IllegalArgumentException(
                    "tensor %s in %s is read in multiples of %d elements, not [%d, +%d]"
                            .formatted(name, type, block, first, count));
        }
        type.decode(bytes, type.bytes(first), count / block, target, offset);
    }

    /// Reads all elements as float32 into memory outside the heap, such as a parameter's of
    /// libtorch, through a small buffer.
    ///
    /// @param target at least four bytes an element, in the machine's byte order
    public void copyTo(MemorySegment target) {
        Objects.checkFromIndexSize(0, Math.multiplyExact(elements(), 4L), target.byteSize());
        float[] buffer = new float[(int) Math.min(elements(), 1 << 16)];
        for (long first = 0; first < elements(); first += buffer.length) {
            int count = (int) Math.min(buffer.length, elements() - first);
            read(first, buffer, 0, count);
            MemorySegment.copy(
                    buffer, 0, target, ValueLayout.JAVA_FLOAT_UNALIGNED, first * 4, count);
        }
    }

    /// The same tensor under another name.
    Tensor named(String other) {
        return new Tensor(other, type, shape, bytes);
    }

    private static long elements(String name, List<Long> shape) {
        long elements = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException(
                        "tensor %s has a negative size in its shape %s".formatted(name, shape));
            }
            try {
                elements = Math.multiplyExact(elements, size);
            } catch (ArithmeticException overflow) {
                throw new IllegalArgumentException(
                        "tensor %s: shape %s has more than 2^63 elements".formatted(name, shape),
                        overflow);
            }
        }
        return elements;
    }
}
