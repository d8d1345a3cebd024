package dev.gyre.model;

import dev.gyre.model.onnx.TensorProto;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// The linear layers of an exported graph, `y = x·Wᵀ` with W `[out, in]` as Hugging Face stores it.
/// Several W with the same input are packed into one, outputs one after the other.
final class OnnxLinear {
    /// Elements of a weight, and of the activations that meet it, that share a scale. Most of the
    /// error is the activations': with 16 rather than 32 (GGUF's Q8_0) SmolLM2-135M's mean
    /// divergence falls from 0.0059 to 0.0033 nats. With 64 it is 0.011.
    static final int BLOCK = 16;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int CHUNK_ELEMENTS = 1 << 18;

    private OnnxLinear() {}

    /// Adds `output = input · Wᵀ` for input of any rank.
    static void add(
            OnnxGraph graph,
            OnnxVariant variant,
            String input,
            String output,
            String name,
            List<Tensor> packed)
            throws IOException {
        switch (variant) {
            case FP32 -> {
                transposed(graph, name, packed);
                graph.node(OnnxGraph.ONNX, "MatMul", List.of(input, name), List.of(output));
            }
            case INT8 -> {
                int8(graph, name, packed, blockShape(outputs(packed), inputs(packed)));
                int8Node(graph, input, output, name, name, outputs(packed), inputs(packed));
            }
        }
    }

    /// A MatMulNBits over constants that [#int8] wrote. Without zero points the kernel takes 128.
    static void int8Node(
            OnnxGraph graph,
            String input,
            String output,
            String name,
            String scales,
            long outputs,
            long inputs) {
        graph.node(
                OnnxGraph.MICROSOFT,
                "MatMulNBits",
                List.of(input, name + "_q8", scales + "_scales"),
                List.of(output),
                OnnxGraph.integer("K", inputs),
                OnnxGraph.integer("N", outputs),
                OnnxGraph.integer("bits", 8),
                OnnxGraph.integer("block_size", BLOCK),
                // activations as int8 too; without it the kernel is 30 times slower
                OnnxGraph.integer("accuracy_level", 4));
    }

    /// The shape in which MatMulNBits takes its weight.
    static long[] blockShape(long outputs, long inputs) {
        return new long[] {outputs, inputs / BLOCK, BLOCK};
    }

    /// Writes `name_scales` [out, in/16] and then `name_q8`, out·in bytes of shape `shape`.
    static void int8(OnnxGraph graph, String name, List<Tensor> packed, long... shape)
            throws IOException {
        long outputs = outputs(packed);
        long inputs = inputs(packed);
        if (inputs % BLOCK != 0) {
            throw new IllegalArgumentException(
                    "weight %s has %d inputs; int8 needs a multiple of %d, export fp32 only"
                            .formatted(packed.getFirst().name(), inputs, BLOCK));
        }
        long blocks = inputs / BLOCK;
        graph.constant(
                name + "_scales",
                TensorProto.DataType.FLOAT,
                outputs * blocks * 4,
                target ->
                        forEachBlock(
                                packed,
                                (block, scale, values, start) ->
                                        target.set(FLOAT, block * 4, scale)),
                outputs,
                blocks);
        graph.constant(
                name + "_q8",
                TensorProto.DataType.UINT8,
                outputs * inputs,
                target ->
                        forEachBlock(
                                packed,
                                (block, scale, values, start) ->
                                        quantize(values, start, scale, target, block * BLOCK)),
                shape);
    }

    @FunctionalInterface
    private interface BlockVisitor {
        void visit(long block, float scale, float[] values, int start);
    }

    /// Visits the blocks of the packed W in order.
    private static void forEachBlock(List<Tensor> packed, BlockVisitor visitor) {
        long block = 0;
        for (Tensor tensor : packed) {
            float[] values = new float[chunk(tensor, BLOCK)];
            for (long first = 0; first < tensor.elements(); first += values.length) {
                int count = (int) Math.min(values.length, tensor.elements() - first);
                tensor.read(first, values, 0, count);
                for (int start = 0; start < count; start += BLOCK, block++) {
                    visitor.visit(block, scale(tensor, values, start), values, start);
                }
            }
        }
    }

    /// Symmetric 8-bit blocks: scale = max|w| / 127, q = round(w / scale) + 128. Zero points or a
    /// searched scale change the divergence by less than its noise.
    private static float scale(Tensor tensor, float[] values, int start) {
        float largest = 0;
        for (int i = start; i < start + BLOCK; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "weight %s has the value %s; it cannot be served"
                                .formatted(tensor.name(), values[i]));
            }
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest / 127;
    }

    private static void quantize(
            float[] values, int start, float scale, MemorySegment target, long at) {
        for (int i = 0; i < BLOCK; i++) {
            int q = scale == 0 ? 128 : (int) Math.rint(values[start + i] / scale) + 128;
            target.set(ValueLayout.JAVA_BYTE, at + i, (byte) Math.clamp(q, 1, 255));
        }
    }

    /// Writes the packed W as `[in, out]`, some rows of W at a time.
    private static void transposed(OnnxGraph graph, String name, List<Tensor> packed)
            throws IOException {
        long outputs = outputs(packed);
        long inputs = inputs(packed);
        graph.constant(
                name,
                TensorProto.DataType.FLOAT,
                outputs * inputs * 4,
                target -> {
                    long firstOutput = 0;
                    for (Tensor tensor : packed) {
                        transpose(tensor, target, firstOutput, outputs);
                        firstOutput += tensor.shape().getFirst();
                    }
                },
                inputs,
                outputs);
    }

    private static void transpose(
            Tensor tensor, MemorySegment target, long firstOutput, long outputs) {
        int width = Math.toIntExact(tensor.shape().getLast());
        float[] rows = new float[chunk(tensor, width)];
        float[] column = new float[rows.length / width];
        for (long first = 0; first < tensor.elements(); first += rows.length) {
            int count = (int) Math.min(rows.length, tensor.elements() - first);
            tensor.read(first, rows, 0, count);
            long output = firstOutput + first / width;
            for (int input = 0; input < width; input++) {
                for (int row = 0; row < count / width; row++) {
                    column[row] = rows[row * width + input];
                }
                MemorySegment.copy(
                        column, 0, target, FLOAT, (input * outputs + output) * 4, count / width);
            }
        }
    }

    /// Writes W as it is, `[out, in]`.
    static void asStored(OnnxGraph graph, String name, Tensor tensor) throws IOException {
        graph.constant(
                name,
                TensorProto.DataType.FLOAT,
                tensor.elements() * 4,
                tensor::copyTo,
                tensor.shape().stream().mapToLong(Long::longValue).toArray());
    }

    /// About [#CHUNK_ELEMENTS], a multiple of `unit` (and of every quantised block in whole rows).
    private static int chunk(Tensor tensor, int unit) {
        int step = Math.max(unit, tensor.type().blockElements());
        return (int) Math.min(Math.max(1, CHUNK_ELEMENTS / step) * (long) step, tensor.elements());
    }

    private static long outputs(List<Tensor> packed) {
        return packed.stream().mapToLong(tensor -> tensor.shape().getFirst()).sum();
    }

    private static long inputs(List<Tensor> packed) {
        return packed.getFirst().shape().getLast();
    }
}
