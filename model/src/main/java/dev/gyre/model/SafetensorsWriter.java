package dev.gyre.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes one safetensors file front to back: the header follows from shapes alone, so no tensor is
/// held longer than its turn takes.
final class SafetensorsWriter {
    private static final int CHUNK_ELEMENTS = 1 << 16;

    private SafetensorsWriter() {}

    static void write(Path file, Weights weights, DataType type) {
        byte[] header = header(weights, type);
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(CHUNK_ELEMENTS * 4).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[CHUNK_ELEMENTS];
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            drain(channel, buffer.putLong(header.length));
            writeAll(channel, ByteBuffer.wrap(header));
            for (Tensor tensor : weights.tensors().values()) {
                for (long first = 0; first < tensor.elements(); first += CHUNK_ELEMENTS) {
                    int count = (int) Math.min(CHUNK_ELEMENTS, tensor.elements() - first);
                    tensor.read(first, values, 0, count);
                    encode(values, count, type, buffer);
                    drain(channel, buffer);
                }
            }
            channel.force(true);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write " + file, failure);
        }
    }

    private static byte[] header(Weights weights, DataType type) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        // transformers asks for this key before it takes a file
        header.putObject("__metadata__").put("format", "pt");
        long begin = 0;
        for (Tensor tensor : weights.tensors().values()) {
            long end = begin + type.bytes(tensor.elements());
            ObjectNode entry = header.putObject(tensor.name()).put("dtype", type.name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            entry.putArray("data_offsets").add(begin).add(end);
            begin = end;
        }
        try {
            String json = new JsonMapper().writeValueAsString(header);
            // padded with spaces so that data starts at a multiple of eight, as the reference does
            int bytes = json.getBytes(StandardCharsets.UTF_8).length;
            return (json + " ".repeat(-bytes & 7)).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write a safetensors header", impossible);
        }
    }

    private static void encode(float[] values, int count, DataType type, ByteBuffer buffer) {
        switch (type) {
            case F32 -> buffer.asFloatBuffer().put(values, 0, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    buffer.putShort(2 * i, Float.floatToFloat16(values[i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    buffer.putShort(2 * i, bfloat16(values[i]));
                }
            }
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K ->
                    throw new IllegalArgumentException(
                            "safetensors are written as F32, F16 or BF16, not " + type);
        }
        buffer.position((int) type.bytes(count));
    }

    /// The upper half of the float32, rounded to the nearest, ties to even; NaN stays NaN.
    static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    private static void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
        writeAll(channel, buffer.flip());
        buffer.clear();
    }

    private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
