package dev.gyre.tokenization.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.artifacts.Sha256;
import dev.gyre.tokenization.corpus.text.CorpusRules;
import dev.gyre.tokenization.corpus.text.DocumentCleaner;
import dev.gyre.tokenization.corpus.text.MinHash;
import dev.gyre.tokenization.corpus.text.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The rules in force, with what works by them. Used by many threads.
final class Cleaning {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    private final CorpusRules rules;
    private final DocumentCleaner cleaner;
    private final MinHash minHash;
    private final String sha256;

    Cleaning(CorpusRules rules) {
        this.rules = rules;
        this.cleaner = new DocumentCleaner(rules);
        this.minHash = new MinHash(rules.deduplication());
        try {
            this.sha256 = Sha256.of(JSON.writeValueAsBytes(rules));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write the rules", impossible);
        }
    }

    /// The default rules with what a file has in their place.
    ///
    /// @param file JSON, an object with any of the fields of [CorpusRules] in snake case
    /// @throws IllegalArgumentException when a field or value is wrong
    static CorpusRules read(Path file) {
        try {
            ObjectNode all = JSON.valueToTree(CorpusRules.DEFAULT);
            JsonNode changes = JSON.readTree(Files.readAllBytes(file));
            if (!changes.isObject()) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            merge(all, changes);
            return JSON.treeToValue(all, CorpusRules.class);
        } catch (JsonProcessingException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "the rules in " + file + " cannot be used: " + wrong.getMessage(), wrong);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the rules in " + file, failure);
        }
    }

    private static void merge(ObjectNode all, JsonNode changes) {
        changes.properties()
                .forEach(
                        change -> {
                            if (all.get(change.getKey()) instanceof ObjectNode inner
                                    && change.getValue().isObject()) {
                                merge(inner, change.getValue());
                            } else {
                                all.set(change.getKey(), change.getValue());
                            }
                        });
    }

    CorpusRules rules() {
        return rules;
    }

    /// Hash of the rules.
    String sha256() {
        return sha256;
    }

    /// The rules for a manifest.
    Map<String, Object> asMap() {
        return JSON.convertValue(rules, new TypeReference<Map<String, Object>>() {});
    }

    Verdict clean(String text) {
        return cleaner.clean(text);
    }

    MinHash minHash() {
        return minHash;
    }

    /// Whether two signatures are those of near-duplicates. Signatures of other rules are not.
    boolean isSimilar(int[] a, int[] b) {
        return a.length == b.length
                && minHash.estimatedJaccard(a, b) >= rules.deduplication().threshold();
    }
}
