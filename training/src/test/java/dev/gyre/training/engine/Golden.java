package dev.gyre.training.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.model.ModelConfig;
import dev.gyre.model.Safetensors;
import dev.gyre.model.Weights;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/// The golden files, see `golden/README.md`.
public final class Golden {
    private Golden() {}

    /// A golden file or folder.
    public static Path path(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name)
                            .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(path(name).toFile());
    }

    public static ModelConfig config(String name) {
        return ModelConfig.read(path(name).resolve("config.json"));
    }

    public static LlamaModel model(String name) {
        return model(name, "model.safetensors");
    }

    /// What a file holds, in the layout of a model's parameters.
    public static LlamaModel model(String name, String file) {
        try (Weights weights = Safetensors.open(path(name).resolve(file))) {
            return LlamaModel.load(config(name), weights);
        }
    }

    public static float[] floats(JsonNode nested) {
        List<JsonNode> numbers = numbers(nested);
        float[] floats = new float[numbers.size()];
        for (int index = 0; index < floats.length; index++) {
            floats[index] = (float) numbers.get(index).asDouble();
        }
        return floats;
    }

    public static long[] longs(JsonNode nested) {
        return numbers(nested).stream().mapToLong(JsonNode::asLong).toArray();
    }

    private static List<JsonNode> numbers(JsonNode node) {
        if (!node.isArray()) {
            return List.of(node);
        }
        return StreamSupport.stream(node.spliterator(), false)
                .flatMap(child -> numbers(child).stream())
                .toList();
    }
}
