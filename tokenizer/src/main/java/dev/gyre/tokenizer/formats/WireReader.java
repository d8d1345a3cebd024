package dev.gyre.tokenizer.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Reads the fields of a protobuf message one after another. The one message that the library knows
/// is too small for a dependency.
final class WireReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer buffer;
    private final String name;
    private int wireType;

    /// @param name what is read, for messages
    WireReader(byte[] bytes, String name) {
        this(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), name);
    }

    private WireReader(ByteBuffer buffer, String name) {
        this.buffer = buffer;
        this.name = name;
    }

    /// Number of the next field; 0 at the end. Its value must be read, or skipped.
    int next() {
        if (!buffer.hasRemaining()) {
            return 0;
        }
        long tag = varint();
        wireType = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1 || field > 1 << 29) {
            throw damaged("field number " + field);
        }
        return (int) field;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            require(1);
            byte part = buffer.get();
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw damaged("a number of over 64 bits");
    }

    private void require(long bytes) {
        if (bytes < 0 || bytes > buffer.remaining()) {
            throw damaged("%d bytes wanted where %d are left".formatted(bytes, buffer.remaining()));
        }
    }

    private IllegalArgumentException damaged(String what) {
        return new IllegalArgumentException(
                "%s is damaged at byte %d: %s".formatted(name, buffer.position(), what));
    }

    private void expect(int type) {
        if (wireType != type) {
            throw damaged("a value of wire type %d where %d is wanted".formatted(wireType, type));
        }
    }

    int integer() {
        expect(VARINT);
        return (int) varint();
    }

    boolean flag() {
        expect(VARINT);
        return varint() != 0;
    }

    float number() {
        expect(FIXED32);
        require(4);
        return buffer.getFloat();
    }

    byte[] bytes() {
        expect(BYTES);
        long length = varint();
        require(length);
        byte[] bytes = new byte[(int) length];
        buffer.get(bytes);
        return bytes;
    }

    String text() {
        byte[] bytes = bytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw damaged("a text that is no valid UTF-8");
        }
    }

    WireReader message(String part) {
        return new WireReader(bytes(), name + ": " + part);
    }

    void skip() {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> advance(8);
            case BYTES -> bytes();
            case FIXED32 -> advance(4);
            default -> throw damaged("wire type " + wireType);
        }
    }

    private void advance(int bytes) {
        require(bytes);
        buffer.position(buffer.position() + bytes);
    }
}
