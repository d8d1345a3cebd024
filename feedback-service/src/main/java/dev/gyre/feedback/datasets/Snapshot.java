package dev.gyre.feedback.datasets;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.artifacts.ModelVersion;
import dev.gyre.artifacts.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The three files of a data set. The same rows give the same bytes, the same hash and the same id:
/// nothing in them depends on time, order of arrival or the machine.
///
/// @param id `ds-` and 24 hexadecimal digits made of project, line, model, share and hash
/// @param sha256 SHA-256 over the lines `<sha256 of the file> <name>\n` of holdout.jsonl and
///   train.jsonl, in this order, as `sha256sum` would print them
/// @param train content of train.jsonl
/// @param holdout content of holdout.jsonl
/// @param manifest content of manifest.json
record Snapshot(String id, String sha256, byte[] train, byte[] holdout, byte[] manifest) {
    static final String TRAIN_FILE = "train.jsonl";
    static final String HOLDOUT_FILE = "holdout.jsonl";
    static final String MANIFEST_FILE = "manifest.json";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    // characters beyond U+FFFF as themselves, not as two escapes
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();

    /// What manifest.json says.
    @JsonPropertyOrder(alphabetic = false)
    record Manifest(
            int schemaVersion,
            String id,
            String sha256,
            String project,
            String releaseLine,
            String modelName,
            String modelVersion,
            double holdoutShare,
            String holdoutSalt,
            Map<String, DataFile> files) {}

    /// A file as the manifest lists it.
    record DataFile(int rows, long size, String sha256) {}

    /// Writes the files.
    ///
    /// @param training rows to train on, sorted by rating id
    /// @param held rows held out, sorted by rating id
    static Snapshot of(
            String project,
            String releaseLine,
            ModelVersion model,
            double holdoutShare,
            List<DatasetRow> training,
            List<DatasetRow> held) {
        byte[] train = lines(training);
        byte[] holdout = lines(held);
        Map<String, DataFile> files = new TreeMap<>();
        files.put(TRAIN_FILE, new DataFile(training.size(), train.length, Sha256.of(train)));
        files.put(HOLDOUT_FILE, new DataFile(held.size(), holdout.length, Sha256.of(holdout)));
        StringBuilder list = new StringBuilder();
        files.forEach(
                (name, file) -> list.append(file.sha256()).append("  ").append(name).append('\n'));
        String sha256 = sha256(list.toString());
        String id =
                "ds-"
                        + sha256(
                                        String.join(
                                                "\n",
                                                project,
                                                releaseLine,
                                                model.toString(),
                                                Double.toString(holdoutShare),
                                                sha256))
                                .substring(0, 24);
        Manifest manifest =
                new Manifest(
                        1,
                        id,
                        sha256,
                        project,
                        releaseLine,
                        model.name(),
                        model.version(),
                        holdoutShare,
                        HoldOut.SALT,
                        files);
        return new Snapshot(id, sha256, train, holdout, json(manifest, true));
    }

    private static byte[] lines(List<DatasetRow> rows) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (DatasetRow row : rows) {
            lines.writeBytes(json(row, false));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    private static byte[] json(Object value, boolean indented) {
        try {
            return indented
                    ? JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(value)
                    : JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write a data set's row", impossible);
        }
    }

    private static String sha256(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
