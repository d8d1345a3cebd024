package dev.gyre.training.preference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads a data set's `train.jsonl` or `holdout.jsonl`, one pair a line.
public final class PreferenceFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PreferenceFile() {}

    /// Reads all pairs.
    ///
    /// @param name the file's name, for messages
    /// @param vocabularySize ids must be below
    /// @param contextLength prompt and answer together must not be longer
    /// @throws IllegalArgumentException naming the first line that is wrong
    public static List<PreferencePair> read(
            InputStream in, String name, int vocabularySize, int contextLength) throws IOException {
        List<PreferencePair> pairs = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String where = name + " line " + (pairs.size() + 1);
                PreferencePair pair = parse(line, where, vocabularySize);
                if (pair.longest() > contextLength) {
                    throw new IllegalArgumentException(
                            where
                                    + " has "
                                    + pair.longest()
                                    + " tokens of prompt and answer, the model takes "
                                    + contextLength
                                    + "; make the snapshot with shorter answers");
                }
                pairs.add(pair);
            }
        }
        return pairs;
    }

    private static PreferencePair parse(String line, String where, int vocabularySize) {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(where + " is not JSON", malformed);
        }
        return new PreferencePair(
                row.path("rating_id").asText(where),
                ids(row, "prompt_ids", where, vocabularySize),
                ids(row, "chosen_ids", where, vocabularySize),
                ids(row, "rejected_ids", where, vocabularySize),
                ended(row, "chosen_finish_reason", where),
                ended(row, "rejected_finish_reason", where));
    }

    private static int[] ids(JsonNode row, String field, String where, int vocabularySize) {
        JsonNode array = row.path(field);
        if (!array.isArray() || array.isEmpty()) {
            throw new IllegalArgumentException(where + " has no " + field);
        }
        int[] ids = new int[array.size()];
        for (int index = 0; index < ids.length; index++) {
            JsonNode id = array.get(index);
            if (!id.isIntegralNumber() || id.asLong() < 0 || id.asLong() >= vocabularySize) {
                throw new IllegalArgumentException(
                        String.format(
                                "%s has the id %s in %s, the model's vocabulary has %d; the data set"
                                        + " belongs to another tokenizer",
                                where, id, field, vocabularySize));
            }
            ids[index] = id.asInt();
        }
        return ids;
    }

    private static boolean ended(JsonNode row, String field, String where) {
        String reason = row.path(field).asText();
        return switch (reason) {
            case "stop" -> true;
            case "length" -> false;
            default ->
                    throw new IllegalArgumentException(
                            where
                                    + " has "
                                    + field
                                    + " '"
                                    + reason
                                    + "', it must be stop or length");
        };
    }
}
