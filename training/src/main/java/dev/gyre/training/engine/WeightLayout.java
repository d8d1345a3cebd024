package dev.gyre.training.engine;

import dev.gyre.model.DataType;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.Tensor;
import dev.gyre.model.Weights;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Which of Hugging Face's weights lie one below the other in which parameter: query, key and value
/// are the rows of `qkv_proj`, gate and up those of `gate_up_proj`; all others are alone.
final class WeightLayout {
    private final SequencedMap<String, List<Part>> parts = new LinkedHashMap<>();

    /// One weight: its name and shape as in a safetensors file.
    private record Part(String name, List<Long> shape) {
        long bytes() {
            return 4 * shape.stream().reduce(1L, (a, b) -> a * b);
        }
    }

    WeightLayout(ModelConfig config) {
        config.weightShapes()
                .forEach(
                        (name, shape) ->
                                parts.computeIfAbsent(merged(name), _ -> new ArrayList<>())
                                        .add(new Part(name, shape)));
    }

    private static String merged(String name) {
        return name.replaceFirst("\\.[qkv]_proj\\.", ".qkv_proj.")
                .replaceFirst("\\.(gate|up)_proj\\.", ".gate_up_proj.");
    }

    /// Names and shapes of the parameters, in the order of the forward pass.
    SequencedMap<String, long[]> parameterShapes() {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        parts.forEach(
                (name, weights) -> {
                    long[] shape =
                            weights.getFirst().shape.stream().mapToLong(Long::longValue).toArray();
                    shape[0] = weights.stream().mapToLong(part -> part.shape.getFirst()).sum();
                    shapes.put(name, shape);
                });
        return shapes;
    }

    /// Copies weights, of whatever floating-point type, into the parameters.
    ///
    /// @throws IllegalArgumentException when one is missing or of another shape
    void load(Weights weights, Map<String, org.bytedeco.pytorch.Tensor> parameters) {
        parameters.forEach(
                (name, parameter) -> {
                    MemorySegment memory = Torch.memory(parameter);
                    long offset = 0;
                    for (Part part : parts.getOrDefault(name, List.of())) {
                        long[] shape = part.shape.stream().mapToLong(Long::longValue).toArray();
                        weights.tensor(part.name, shape)
                                .copyTo(memory.asSlice(offset, part.bytes()));
                        offset += part.bytes();
                    }
                });
    }

    /// The parameters under Hugging Face's names, as windows on their memory.
    Weights weights(Map<String, org.bytedeco.pytorch.Tensor> parameters) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        parts.forEach(
                (name, list) -> {
                    MemorySegment memory = Torch.memory(Torch.named(parameters, name));
                    long offset = 0;
                    for (Part part : list) {
                        MemorySegment slice = memory.asSlice(offset, part.bytes());
                        byName.put(
                                part.name, new Tensor(part.name, DataType.F32, part.shape, slice));
                        offset += part.bytes();
                    }
                });
        return Weights.of(byName.values());
    }
}
