package dev.gyre.feedback.datasets;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Rows as the preference JSON lines that TRL reads: `prompt`, `chosen` and `rejected` as text. A
/// view for other tools; our own training reads the token ids.
final class TrlExport {
    /// Characters sent at once: far below the 4 MiB that a gRPC message may have.
    private static final int CHUNK_CHARACTERS = 64 * 1024;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();

    private TrlExport() {}

    @JsonPropertyOrder({"prompt", "chosen", "rejected"})
    private record Line(String prompt, String chosen, String rejected) {}

    static void write(InputStream rows, Consumer<String> lines) throws IOException {
        StringBuilder chunk = new StringBuilder();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(rows, StandardCharsets.UTF_8));
        for (String row = reader.readLine(); row != null; row = reader.readLine()) {
            DatasetRow pair = JSON.readValue(row, DatasetRow.class);
            chunk.append(
                            JSON.writeValueAsString(
                                    new Line(
                                            pair.promptText(),
                                            pair.chosenText(),
                                            pair.rejectedText())))
                    .append('\n');
            if (chunk.length() >= CHUNK_CHARACTERS) {
                lines.accept(chunk.toString());
                chunk.setLength(0);
            }
        }
        if (!chunk.isEmpty()) {
            lines.accept(chunk.toString());
        }
    }
}
