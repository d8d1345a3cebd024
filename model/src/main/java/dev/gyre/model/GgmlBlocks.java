package dev.gyre.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Decoding of stored elements to float32, one method a type, little-endian throughout.
///
/// In the `Q…_0` types an element is `d·q`, in the `Q…_1` types `d·q + m`, with `d` and `m` float16
/// per block of 32. The `Q…_K` types have super-blocks of 256 whose small scales are themselves
/// quantised. In 4- and 5-bit blocks the low halves of the bytes come first, then the high halves.
/// The order of the multiplications is that of the `gguf` package, so results are equal to the bit.
final class GgmlBlocks {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int SMALL = 32;
    private static final int SUPER = 256;

    private GgmlBlocks() {}

    static void f32(MemorySegment source, long at, int blocks, float[] target, int offset) {
        MemorySegment.copy(source, FLOAT, at, target, offset, blocks);
    }

    static void f16(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int i = 0; i < blocks; i++) {
            target[offset + i] = half(source, at + 2L * i);
        }
    }

    static void bf16(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int i = 0; i < blocks; i++) {
            target[offset + i] = Float.intBitsToFloat(source.get(SHORT, at + 2L * i) << 16);
        }
    }

    static void q8of0(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 34, offset += SMALL) {
            float d = half(source, at);
            for (int i = 0; i < SMALL; i++) {
                target[offset + i] = d * source.get(ValueLayout.JAVA_BYTE, at + 2 + i);
            }
        }
    }

    static void q4of0(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 18, offset += SMALL) {
            float d = half(source, at);
            for (int i = 0; i < 16; i++) {
                int pair = unsigned(source, at + 2 + i);
                target[offset + i] = d * ((pair & 15) - 8);
                target[offset + 16 + i] = d * ((pair >>> 4) - 8);
            }
        }
    }

    static void q4of1(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 20, offset += SMALL) {
            float d = half(source, at);
            float m = half(source, at + 2);
            for (int i = 0; i < 16; i++) {
                int pair = unsigned(source, at + 4 + i);
                target[offset + i] = d * (pair & 15) + m;
                target[offset + 16 + i] = d * (pair >>> 4) + m;
            }
        }
    }

    static void q5of0(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 22, offset += SMALL) {
            float d = half(source, at);
            int fifthBits = source.get(INT, at + 2);
            for (int i = 0; i < 16; i++) {
                int pair = unsigned(source, at + 6 + i);
                target[offset + i] = d * (((pair & 15) | fifth(fifthBits, i)) - 16);
                target[offset + 16 + i] = d * (((pair >>> 4) | fifth(fifthBits, i + 16)) - 16);
            }
        }
    }

    static void q5of1(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 24, offset += SMALL) {
            float d = half(source, at);
            float m = half(source, at + 2);
            int fifthBits = source.get(INT, at + 4);
            for (int i = 0; i < 16; i++) {
                int pair = unsigned(source, at + 8 + i);
                target[offset + i] = d * ((pair & 15) | fifth(fifthBits, i)) + m;
                target[offset + 16 + i] = d * ((pair >>> 4) | fifth(fifthBits, i + 16)) + m;
            }
        }
    }

    /// Super-block: d, dmin (float16), 12 bytes of 6-bit scales and minima, 128 bytes of 4-bit q;
    /// eight sub-blocks of 32 with `x = d·scale·q − dmin·minimum`.
    static void q4k(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 144, offset += SUPER) {
            float d = half(source, at);
            float dmin = half(source, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * kScale(source, at + 4, sub);
                float minimum = dmin * kMinimum(source, at + 4, sub);
                for (int i = 0; i < SMALL; i++) {
                    int pair = unsigned(source, at + 16 + (sub / 2) * SMALL + i);
                    int q = sub % 2 == 0 ? pair & 15 : pair >>> 4;
                    target[offset + sub * SMALL + i] = scale * q - minimum;
                }
            }
        }
    }

    /// As [#q4k], with 32 bytes before q that hold the fifth bit: bit `sub` of byte `i`.
    static void q5k(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 176, offset += SUPER) {
            float d = half(source, at);
            float dmin = half(source, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * kScale(source, at + 4, sub);
                float minimum = dmin * kMinimum(source, at + 4, sub);
                for (int i = 0; i < SMALL; i++) {
                    int pair = unsigned(source, at + 48 + (sub / 2) * SMALL + i);
                    int low = sub % 2 == 0 ? pair & 15 : pair >>> 4;
                    int q = low | ((unsigned(source, at + 16 + i) >>> sub) & 1) << 4;
                    target[offset + sub * SMALL + i] = scale * q - minimum;
                }
            }
        }
    }

    /// Super-block: 128 bytes of low 4 bits, 64 bytes of high 2 bits, 16 signed scales (one for 16
    /// elements), d (float16); `x = d·scale·(q − 32)`.
    static void q6k(MemorySegment source, long at, int blocks, float[] target, int offset) {
        for (int block = 0; block < blocks; block++, at += 210, offset += SUPER) {
            float d = half(source, at + 208);
            for (int i = 0; i < SUPER; i++) {
                int half = i / 128;
                int quarter = i % 128 / SMALL;
                int lane = i % SMALL;
                int low = unsigned(source, at + half * 64L + (quarter % 2) * SMALL + lane);
                int high = unsigned(source, at + 128 + half * 32L + lane);
                int q = (quarter < 2 ? low & 15 : low >>> 4) | ((high >>> (2 * quarter)) & 3) << 4;
                float scale = d * source.get(ValueLayout.JAVA_BYTE, at + 192 + i / 16);
                target[offset + i] = scale * (q - 32);
            }
        }
    }

    /// The 6-bit scale of sub-block `sub`: the first four lie in bytes 0 to 3, the low bits of the
    /// others in bytes 8 to 11 and their high bits on top of bytes 0 to 3.
    private static int kScale(MemorySegment source, long scales, int sub) {
        return sub < 4
                ? unsigned(source, scales + sub) & 63
                : (unsigned(source, scales + sub + 4) & 15)
                        | (unsigned(source, scales + sub - 4) >>> 6) << 4;
    }

    private static int kMinimum(MemorySegment source, long scales, int sub) {
        return sub < 4
                ? unsigned(source, scales + sub + 4) & 63
                : (unsigned(source, scales + sub + 4) >>> 4)
                        | (unsigned(source, scales + sub) >>> 6) << 4;
    }

    private static int fifth(int bits, int element) {
        return ((bits >>> element) & 1) << 4;
    }

    private static int unsigned(MemorySegment source, long at) {
        return Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, at));
    }

    private static float half(MemorySegment source, long at) {
        return Float.float16ToFloat(source.get(SHORT, at));
    }
}
