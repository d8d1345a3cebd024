package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.tokenizer.formats.GgufMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GgufFileTest {
    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(DataType.class)
    void decodesBlocksToTheBitAsTheGgufPackageDoes(DataType type) {
        try (GgufFile file = GgufFile.open(Golden.path("types.gguf"));
                Weights expected = Safetensors.open(Golden.path("types.safetensors"))) {
            Tensor tensor = file.tensors().tensor(type.name(), 3, 256);

            assertThat(tensor.type()).isEqualTo(type);
            assertThat(tensor.toFloats()).isEqualTo(expected.tensor(type.name()).toFloats());
        }
    }

    @Test
    void readsEveryKindOfMetadata() {
        try (GgufFile file = GgufFile.open(Golden.path("types.gguf"))) {
            GgufMetadata metadata = file.metadata();

            assertThat(metadata.string("general.architecture")).isEqualTo("llama");
            assertThat(metadata.integer("test.u8")).isEqualTo(200);
            assertThat(metadata.integer("test.i8")).isEqualTo(-100);
            assertThat(metadata.integer("test.u16")).isEqualTo(60_000);
            assertThat(metadata.integer("test.i16")).isEqualTo(-30_000);
            assertThat(metadata.integer("test.u32")).isEqualTo(4_000_000_000L);
            assertThat(metadata.integer("test.i32")).isEqualTo(-2_000_000_000);
            assertThat(metadata.integer("test.u64")).isEqualTo(9_000_000_000_000_000_000L);
            assertThat(metadata.integer("test.i64")).isEqualTo(-9_000_000_000_000_000_000L);
            assertThat(metadata.number("test.f32")).isEqualTo(0.1f);
            assertThat(metadata.number("test.f64")).isEqualTo(0.1);
            assertThat(metadata.bool("test.bool")).isTrue();
            assertThat(metadata.string("test.string")).isEqualTo("Zoë 🐻");
            assertThat(metadata.strings("test.strings")).containsExactly("a", "", "ü");
            assertThat(metadata.integers("test.integers")).containsExactly(1, -2, 3);
            assertThat(metadata.numbers("test.floats")).containsExactly(0.5, -0.25);
            assertThat(metadata.integers("test.bools")).containsExactly(1, 0);
            assertThat(metadata.string("test.absent")).isNull();
        }
    }

    @Test
    void namesTheKeyWhoseTypeIsAnother() {
        try (GgufFile file = GgufFile.open(Golden.path("types.gguf"))) {
            assertThatThrownBy(() -> file.metadata().string("test.u8"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("GGUF key test.u8 must be a string, it is a Long");
        }
    }

    @Test
    void givesTheConfigOfALlama() {
        try (GgufFile file = GgufFile.open(Golden.path("tiny.gguf"))) {
            assertThat(file.config()).isEqualTo(ModelConfig.read(Golden.path("tiny/config.json")));
        }
    }

    @Test
    void givesHuggingFacesWeightsWithQueryAndKeyRowsInTheirOrder() {
        try (GgufFile file = GgufFile.open(Golden.path("tiny.gguf"));
                Weights weights = file.weights();
                Weights expected = Safetensors.open(Golden.path("tiny/model.safetensors"))) {
            assertThat(weights.tensors().keySet())
                    .containsExactlyElementsOf(file.config().weightShapes().keySet())
                    .containsExactlyInAnyOrderElementsOf(expected.tensors().keySet());
            for (Tensor tensor : weights.tensors().values()) {
                float[] values = expected.tensor(tensor.name()).toFloats();
                if (tensor.type() == DataType.F16) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
                    }
                }
                assertThat(tensor.toFloats()).as(tensor.name()).isEqualTo(values);
            }
        }
    }

    @Test
    void refusesAnArchitectureThatIsNotLlama() throws IOException {
        byte[] bytes = Files.readAllBytes(Golden.path("tiny.gguf"));
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("llama");
        bytes[at] = 'L';
        Path other = Files.write(folder.resolve("other.gguf"), bytes);

        try (GgufFile file = GgufFile.open(other)) {
            assertThatThrownBy(file::config)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("general.architecture is 'Llama', only 'llama' is supported");
        }
    }

    @Test
    void refusesCountsThatTheFileCannotHold() throws IOException {
        assertThatThrownBy(() -> open(header(3, 1L << 40, 0)))
                .hasMessageContaining("1099511627776 tensors, the limit is 65536");
        assertThatThrownBy(() -> open(header(3, 0, -1)))
                .hasMessageContaining("18446744073709551615 keys");
        assertThatThrownBy(
                        () -> open(header(3, 0, 1, text("k"), int32(9), int32(4), int64(1 << 20))))
                .hasMessageContaining("1048576 elements of k")
                .hasMessageContaining("0 would fit");
        assertThatThrownBy(() -> open(header(3, 0, 1, text("k"), int32(8), int64(1L << 50))))
                .hasMessageContaining(
                        "k: a string of 1125899906842624 bytes, the limit is 4194304");
    }

    @Test
    void refusesWhatItDoesNotKnow() throws IOException {
        assertThatThrownBy(() -> open("GGML".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("does not begin with GGUF");
        assertThatThrownBy(() -> open(header(0x03000000, 0, 0)))
                .hasMessageContaining("version 50331648; supported are 2 and 3, little-endian");
        assertThatThrownBy(() -> open(header(3, 0, 1, text("k"), int32(13), new byte[8])))
                .hasMessageContaining("key k has unknown type 13");
        assertThatThrownBy(
                        () ->
                                open(
                                        header(
                                                3,
                                                0,
                                                1,
                                                text("k"),
                                                int32(9),
                                                int32(9),
                                                int64(0),
                                                new byte[8])))
                .hasMessageContaining("key k is a list of lists");
        assertThatThrownBy(
                        () ->
                                open(
                                        header(
                                                3,
                                                1,
                                                0,
                                                text("t"),
                                                int32(1),
                                                int64(32),
                                                int32(10),
                                                int64(0),
                                                new byte[64])))
                .hasMessageContaining("tensor t is of GGML type 10; supported are")
                .hasMessageContaining("Q4_1");
    }

    @Test
    void refusesTensorsOutsideTheFileOrOnTopOfEachOther() throws IOException {
        byte[] first = concat(text("a"), int32(1), int64(8), int32(0), int64(0));
        byte[] outside = concat(text("b"), int32(1), int64(1L << 61), int32(0), int64(32));
        byte[] overlapping = concat(text("b"), int32(1), int64(8), int32(0), int64(0));

        assertThatThrownBy(() -> open(header(3, 2, 0, first, outside, new byte[96])))
                .hasMessageContaining("tensor b");
        assertThatThrownBy(() -> open(header(3, 2, 0, first, overlapping, new byte[96])))
                .hasMessageContaining("tensor b: bytes [0, +32] overlap");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void brokenFilesAreRefusedOrReadButNeverCrash(long seed) throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("tiny.gguf"));
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] broken = whole.clone();
            int headerEnd = 2500;
            for (int flip = 0; flip <= random.nextInt(3); flip++) {
                broken[random.nextInt(headerEnd)] ^= (byte) (1 << random.nextInt(8));
            }
            if (random.nextBoolean()) {
                broken = Arrays.copyOf(broken, random.nextInt(whole.length));
            }
            try (GgufFile file = open(broken);
                    Weights weights = file.weights()) {
                weights.tensors().values().forEach(Tensor::toFloats);
            } catch (IllegalArgumentException expected) {
                refused++;
            }
        }
        assertThat(refused).as("seed " + seed).isBetween(200, 400);
    }

    private GgufFile open(byte[] bytes) throws IOException {
        return GgufFile.open(Files.write(folder.resolve("broken.gguf"), bytes));
    }

    private static byte[] header(int version, long tensors, long keys, byte[]... rest)
            throws IOException {
        return concat(
                "GGUF".getBytes(StandardCharsets.US_ASCII),
                int32(version),
                int64(tensors),
                int64(keys),
                concat(rest));
    }

    private static byte[] text(String text) throws IOException {
        return concat(int64(text.length()), text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static byte[] int64(long value) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    }

    private static byte[] concat(byte[]... parts) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : List.of(parts)) {
            bytes.write(part);
        }
        return bytes.toByteArray();
    }
}
