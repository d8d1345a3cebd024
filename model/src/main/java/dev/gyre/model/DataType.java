package dev.gyre.model;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;

/// How the elements of a [Tensor] are stored. Floating-point types are stored one by one; the
/// quantised types of GGUF in blocks that share a scale. All of them decode to float32.
///
/// @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
public enum DataType {
    F32(0, 1, 4, GgmlBlocks::f32),
    F16(1, 1, 2, GgmlBlocks::f16),
    BF16(30, 1, 2, GgmlBlocks::bf16),
    Q4_0(2, 32, 18, GgmlBlocks::q4of0),
    Q4_1(3, 32, 20, GgmlBlocks::q4of1),
    Q5_0(6, 32, 22, GgmlBlocks::q5of0),
    Q5_1(7, 32, 24, GgmlBlocks::q5of1),
    Q8_0(8, 32, 34, GgmlBlocks::q8of0),
    Q4_K(12, 256, 144, GgmlBlocks::q4k),
    Q5_K(13, 256, 176, GgmlBlocks::q5k),
    Q6_K(14, 256, 210, GgmlBlocks::q6k);

    private final int ggmlId;
    private final int blockElements;
    private final int blockBytes;
    private final Decoder decoder;

    DataType(int ggmlId, int blockElements, int blockBytes, Decoder decoder) {
        this.ggmlId = ggmlId;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.decoder = decoder;
    }

    /// Elements that are stored together: 1 for floating point, 32 or 256 for quantised types.
    public int blockElements() {
        return blockElements;
    }

    /// Bytes of one block.
    public int blockBytes() {
        return blockBytes;
    }

    /// True for F32, F16 and BF16: the types that safetensors files hold here.
    public boolean isFloatingPoint() {
        return blockElements == 1;
    }

    /// Bytes that `elements` take up.
    ///
    /// @throws IllegalArgumentException if they are no whole number of blocks, or too many
    public long bytes(long elements) {
        if (elements < 0 || elements % blockElements != 0) {
            throw new IllegalArgumentException(
                    "%s stores blocks of %d elements, %d are no whole number of them"
                            .formatted(this, blockElements, elements));
        }
        try {
            return Math.multiplyExact(elements / blockElements, (long) blockBytes);
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException(elements + " elements are too many", tooLarge);
        }
    }

    /// PyTorch's name, as in config.json: `float32`, `float16` or `bfloat16`.
    String torchName() {
        return switch (this) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K ->
                    throw new IllegalArgumentException(this + " has no name in PyTorch");
        };
    }

    static DataType ofTorchName(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "float32" -> F32;
            case "float16" -> F16;
            case "bfloat16" -> BF16;
            default ->
                    throw new IllegalArgumentException(
                            "dtype '" + name + "': supported are float32, float16 and bfloat16");
        };
    }

    static DataType ofSafetensors(String name) {
        return switch (name) {
            case "F32" -> F32;
            case "F16" -> F16;
            case "BF16" -> BF16;
            default ->
                    throw new IllegalArgumentException(
                            "dtype '" + name + "': supported are F32, F16 and BF16");
        };
    }

    static DataType ofGgml(int id) {
        return Arrays.stream(values())
                .filter(type -> type.ggmlId == id)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "GGML type %d; supported are %s; quantise to one of them"
                                                .formatted(id, Arrays.toString(values()))));
    }

    /// Decodes `blocks` blocks that start at `byteOffset` into `target` from `offset` on.
    void decode(MemorySegment source, long byteOffset, int blocks, float[] target, int offset) {
        decoder.decode(source, byteOffset, blocks, target, offset);
    }

    @FunctionalInterface
    private interface Decoder {
        void decode(MemorySegment source, long byteOffset, int blocks, float[] target, int offset);
    }
}
