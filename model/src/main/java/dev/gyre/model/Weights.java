package dev.gyre.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Named tensors of one model, in the order of their file. Those of files are mapped, not read:
/// opening costs nothing, and memory is the page cache's.
///
/// ```java
/// try (Weights weights = Safetensors.open(folder.resolve("model.safetensors"))) {
///     float[] norm = weights.tensor("model.norm.weight", 576).toFloats();
/// }
/// ```
///
/// Safe for use by several threads. After [#close()] its tensors must not be read any more.
public final class Weights implements AutoCloseable {
    private final SequencedMap<String, Tensor> tensors;
    private final Runnable release;

    Weights(Collection<Tensor> tensors, Runnable release) {
        var byName = new LinkedHashMap<String, Tensor>();
        for (Tensor tensor : tensors) {
            if (byName.put(tensor.name(), tensor) != null) {
                throw new IllegalArgumentException("tensor " + tensor.name() + " is there twice");
            }
        }
        this.tensors = Collections.unmodifiableSequencedMap(byName);
        this.release = release;
    }

    /// Weights over memory that the caller owns, for example a trainer's parameters.
    ///
    /// @throws IllegalArgumentException if two have the same name
    public static Weights of(Collection<Tensor> tensors) {
        return new Weights(tensors, () -> {});
    }

    /// All tensors by name, in file order.
    public SequencedMap<String, Tensor> tensors() {
        return tensors;
    }

    /// Whether there is a tensor of this name.
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /// The tensor `name`.
    ///
    /// @throws IllegalArgumentException if there is none
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "there is no weight %s among %d weights, such as %s"
                            .formatted(
                                    name,
                                    tensors.size(),
                                    tensors.keySet().stream().limit(3).toList()));
        }
        return tensor;
    }

    /// The tensor `name`, which must have this shape.
    ///
    /// @throws IllegalArgumentException if there is none, or of another shape
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = tensor(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!tensor.shape().equals(expected)) {
            throw new IllegalArgumentException(
                    "weight %s has shape %s, the configuration asks for %s"
                            .formatted(name, tensor.shape(), expected));
        }
        return tensor;
    }

    /// These weights without `name`, if it is there; closing either closes both.
    Weights without(String name) {
        return new Weights(
                tensors.values().stream().filter(tensor -> !tensor.name().equals(name)).toList(),
                release);
    }

    /// Number of parameters: elements of all tensors.
    public long parameters() {
        return tensors.values().stream().mapToLong(Tensor::elements).sum();
    }

    /// Checks that these are exactly the weights of `config`: none missing, none of another shape,
    /// none left over.
    ///
    /// @throws IllegalArgumentException naming the first weight that is wrong
    public void check(ModelConfig config) {
        Map<String, List<Long>> expected = config.weightShapes();
        expected.forEach(
                (name, shape) -> tensor(name, shape.stream().mapToLong(Long::longValue).toArray()));
        for (String name : tensors.keySet()) {
            if (!expected.containsKey(name)) {
                throw new IllegalArgumentException(
                        "weight %s is not part of a %s; export the model without it"
                                .formatted(name, config.architecture().className()));
            }
        }
    }

    /// Releases what these weights map; nothing for those made with [#of].
    @Override
    public void close() {
        release.run();
    }
}
