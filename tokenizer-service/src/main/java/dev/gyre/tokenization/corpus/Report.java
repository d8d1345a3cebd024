package dev.gyre.tokenization.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.artifacts.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was removed and redacted, with a few samples of each: `report.json`. Which documents are
/// samples is chosen by the hash of their ids, so that it is a fair choice and always the same one.
///
/// @param removals by rule
/// @param redactions by kind
record Report(Map<String, Removals> removals, Map<String, Redactions> redactions) {
    /// Name of the file.
    static final String FILE_NAME = "report.json";

    private static final int SAMPLES = 5;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    /// What a rule removed.
    record Removals(long documents, List<Removal> samples) {}

    /// A removed document.
    record Removal(String documentId, String measured, String excerpt) {}

    /// What of a kind was taken out.
    record Redactions(long redactions, List<Place> samples) {}

    /// A place where something was taken out.
    record Place(String documentId, String context) {}

    byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write the report", impossible);
        }
    }

    static Report fromJson(byte[] json) throws IOException {
        return JSON.readValue(json, Report.class);
    }

    /// Counts and samples while documents pass by.
    static final class Builder {
        private final TreeMap<String, Lowest<Removal>> removals = new TreeMap<>();
        private final TreeMap<String, Lowest<Place>> redactions = new TreeMap<>();

        void remove(String rule, Removal removal) {
            Lowest<Removal> lowest = removals.computeIfAbsent(rule, _ -> new Lowest<>());
            lowest.count++;
            lowest.offer(removal.documentId(), removal);
        }

        void redact(String kind, long count) {
            redactions.computeIfAbsent(kind, _ -> new Lowest<>()).count += count;
        }

        void sample(String kind, Place place) {
            redactions.computeIfAbsent(kind, _ -> new Lowest<>()).offer(place.documentId(), place);
        }

        Map<String, Long> removed() {
            Map<String, Long> counts = new TreeMap<>();
            removals.forEach((rule, lowest) -> counts.put(rule, lowest.count));
            return counts;
        }

        Map<String, Long> redacted() {
            Map<String, Long> counts = new TreeMap<>();
            redactions.forEach((kind, lowest) -> counts.put(kind, lowest.count));
            return counts;
        }

        Report build() {
            TreeMap<String, Removals> removals = new TreeMap<>();
            this.removals.forEach(
                    (rule, lowest) ->
                            removals.put(rule, new Removals(lowest.count, lowest.samples())));
            TreeMap<String, Redactions> redactions = new TreeMap<>();
            this.redactions.forEach(
                    (kind, lowest) ->
                            redactions.put(kind, new Redactions(lowest.count, lowest.samples())));
            return new Report(removals, redactions);
        }
    }

    /// The samples whose ids have the lowest hashes.
    private static final class Lowest<S> {
        private final TreeMap<String, S> byHash = new TreeMap<>();
        private long count;

        void offer(String id, S sample) {
            byHash.put(Sha256.of(id.getBytes(StandardCharsets.UTF_8)), sample);
            if (byHash.size() > SAMPLES) {
                byHash.pollLastEntry();
            }
        }

        List<S> samples() {
            return new ArrayList<>(byHash.values());
        }
    }
}
