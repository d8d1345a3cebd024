package dev.gyre.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/// The golden files: how they were made is told in their README.
final class Golden {
    private Golden() {}

    static Path path(String name) {
        URL url = Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The sequence all logits were computed for.
    static int[] ids() throws IOException {
        JsonNode ids = Json.MAPPER.readTree(path("ids.json").toFile()).get("ids");
        int[] values = new int[ids.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ids.get(i).intValue();
        }
        return values;
    }

    /// PyTorch's logits, [time][vocabulary].
    static float[][] logits(String model) {
        try (Weights file = Safetensors.open(path(model + ".logits.safetensors"))) {
            Tensor logits = file.tensor("logits");
            int width = Math.toIntExact(logits.shape().getLast());
            float[][] rows = new float[Math.toIntExact(logits.shape().getFirst())][width];
            for (int row = 0; row < rows.length; row++) {
                logits.read((long) row * width, rows[row], 0, width);
            }
            return rows;
        }
    }

    static float largestDifference(float[][] actual, float[][] expected) {
        float largest = actual.length == expected.length ? 0 : Float.NaN;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                largest = Math.max(largest, Math.abs(actual[row][i] - expected[row][i]));
            }
        }
        return largest;
    }
}
