package dev.gyre.inference.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Keys and values of every layer for a fixed number of slots, one sequence a slot.
///
/// Each of the `2 * layers` tensors is `[slots, heads, capacity, headSize]` float32, row-major. The
/// graph reads and writes them in place: the same tensor is bound as past and as present, so a step
/// copies nothing. A run sees a window of neighbouring slots.
final class KvCache implements AutoCloseable {
    private final OrtEnvironment environment;
    private final Shape shape;
    private final NativeMemory memory;
    private final List<OnnxTensor> views = new ArrayList<>();

    /// Sizes of the cache.
    ///
    /// @param layers decoder layers
    /// @param slots sequences kept at once
    /// @param heads key and value heads
    /// @param capacity positions a slot has
    /// @param headSize floats a head has at one position
    record Shape(int layers, int slots, int heads, int capacity, int headSize) {
        /// Bytes of one slot in one tensor.
        long slotBytes() {
            return heads * headBytes();
        }

        /// Bytes of one head of one slot in one tensor.
        long headBytes() {
            return (long) capacity * headSize * Float.BYTES;
        }

        /// Bytes of one tensor.
        long tensorBytes() {
            return slots * slotBytes();
        }

        /// Bytes of the whole cache.
        long bytes() {
            return 2L * layers * tensorBytes();
        }
    }

    KvCache(OrtEnvironment environment, Shape shape) {
        if (shape.tensorBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a KV tensor would have "
                            + shape.tensorBytes()
                            + " bytes, the limit is 2147483647; lower gyre.generate.slots or"
                            + " gyre.generate.context-length");
        }
        this.environment = environment;
        this.shape = shape;
        this.memory = new NativeMemory(shape.bytes());
    }

    /// The tensors of `count` slots from `first` on, in the order key 0, value 0, key 1, value 1,
    /// …; they stay valid until [#close()].
    List<OnnxTensor> window(int first, int count) throws OrtException {
        List<OnnxTensor> window = new ArrayList<>();
        long[] dimensions = {count, shape.heads(), shape.capacity(), shape.headSize()};
        for (int tensor = 0; tensor < 2 * shape.layers(); tensor++) {
            MemorySegment part =
                    memory.segment()
                            .asSlice(
                                    tensor * shape.tensorBytes() + first * shape.slotBytes(),
                                    count * shape.slotBytes());
            window.add(
                    OnnxTensor.createTensor(
                            environment,
                            part.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer(),
                            dimensions));
        }
        views.addAll(window);
        return window;
    }

    /// Copies the first `length` positions of slot `from` over those of slot `to`.
    void copy(int from, int to, int length) {
        long bytes = (long) length * shape.headSize() * Float.BYTES;
        for (int tensor = 0; tensor < 2 * shape.layers(); tensor++) {
            for (int head = 0; head < shape.heads(); head++) {
                long base = tensor * shape.tensorBytes() + head * shape.headBytes();
                MemorySegment.copy(
                        memory.segment(),
                        base + from * shape.slotBytes(),
                        memory.segment(),
                        base + to * shape.slotBytes(),
                        bytes);
            }
        }
    }

    @Override
    public void close() {
        views.forEach(OnnxTensor::close);
        memory.close();
    }
}
