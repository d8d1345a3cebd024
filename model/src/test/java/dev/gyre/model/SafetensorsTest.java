package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsTest {
    @TempDir Path folder;

    @Test
    void readsWhatTransformersWrote() {
        ModelConfig config = ModelConfig.read(Golden.path("tiny/config.json"));
        try (Weights weights = Safetensors.open(Golden.path("tiny/model.safetensors"))) {
            weights.check(config);

            assertThat(weights.parameters()).isEqualTo(config.parameters()).isEqualTo(27_808);
            assertThat(weights.tensor("model.norm.weight").shape()).containsExactly(32L);
        }
    }

    @Test
    void readsShardsThroughTheirIndex() {
        ModelConfig config = ModelConfig.read(Golden.path("sharded/config.json"));
        try (Weights weights =
                Safetensors.openSharded(Golden.path("sharded/model.safetensors.index.json"))) {
            weights.check(config);

            assertThat(weights.tensor("lm_head.weight").type()).isEqualTo(DataType.BF16);
        }
    }

    @Test
    void givesBackWhatItWroteToTheBit() {
        Path copy = folder.resolve("copy.safetensors");
        try (Weights weights = Safetensors.open(Golden.path("tiny/model.safetensors"))) {
            Safetensors.write(copy, weights, DataType.F32);

            try (Weights again = Safetensors.open(copy)) {
                assertThat(again.tensors().keySet())
                        .containsExactlyElementsOf(weights.tensors().keySet());
                for (Tensor tensor : weights.tensors().values()) {
                    assertThat(again.tensor(tensor.name()).toFloats()).isEqualTo(tensor.toFloats());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0, 1.0",
        "-0.1, -0.10009765625, -0.0999755859375",
        "1.00390625, 1.0, 1.00390625", // half-way in bfloat16: to the even neighbour
        "1.01171875, 1.015625, 1.01171875",
        "3.4028235e38, Infinity, Infinity",
        "NaN, NaN, NaN"
    })
    void roundsToTheNearestWithTiesToEven(float value, Float bfloat16, Float float16) {
        Weights one = Weights.of(List.of(Tensor.of("x", List.of(1L), new float[] {value})));

        assertThat(roundTrip(one, DataType.BF16)).isEqualTo(bfloat16);
        assertThat(roundTrip(one, DataType.F16)).isEqualTo(float16);
    }

    private float roundTrip(Weights weights, DataType type) {
        Path file = folder.resolve("one.safetensors");
        Safetensors.write(file, weights, type);
        try (Weights again = Safetensors.open(file)) {
            return again.tensor("x").toFloats()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // overlap, hole, past the end, size not from shape, unknown type, not an object
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}",
                "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,12]}}",
                "{'a':{'dtype':'F32','shape':[-3],'data_offsets':[0,12]}}",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[12,0]}}",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12,12]}}",
                "{'a':{'dtype':'F8_E4M3','shape':[12],'data_offsets':[0,12]}}",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]},'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}",
                "{'a':7}",
                "[1,2]",
                "{'a':",
            })
    void refusesAHeaderThatIsWrong(String header) throws IOException {
        Path file = write(header.replace('\'', '"'), new byte[12]);

        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a valid safetensors file: ");
    }

    @Test
    void refusesAHeaderLongerThanTheFileOrTheLimit() throws IOException {
        Path file = folder.resolve("long.safetensors");
        Files.write(
                file, ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN).putLong(-1).array());

        assertThatThrownBy(() -> Safetensors.open(file))
                .hasMessageContaining("said to have 18446744073709551615 bytes, the limit is 24");
    }

    @Test
    void refusesAnIndexThatLeavesItsFolder() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"../model.safetensors\"}}");

        assertThatThrownBy(() -> Safetensors.openSharded(index))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names the file '../model.safetensors'");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void brokenFilesAreRefusedOrReadButNeverCrash(long seed) throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("sharded.logits.safetensors"));
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] broken = whole.clone();
            broken[random.nextInt(80)] ^= (byte) (1 << random.nextInt(8));
            if (random.nextBoolean()) {
                broken = Arrays.copyOf(broken, random.nextInt(whole.length));
            }
            Path file = Files.write(folder.resolve("broken.safetensors"), broken);
            try (Weights weights = Safetensors.open(file)) {
                weights.tensors().values().forEach(Tensor::toFloats);
            } catch (IllegalArgumentException expected) {
                refused++;
            }
        }
        assertThat(refused).as("seed " + seed).isBetween(300, 399);
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .put(data);
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }
}
