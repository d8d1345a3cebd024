package dev.gyre.tokenization;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.artifacts.Manifest.PackageFile;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// manifest.json of a tokenizer that was trained or imported alone, written last.
///
/// @param schemaVersion version of this format, [#SCHEMA_VERSION]
/// @param files every other file, by name
/// @param merges merges or pieces learned; 0 where it was imported
/// @param textBytes bytes of text it was trained on; 0 where it was imported
/// @param trainedBy subject of the caller who trained or imported it
record TokenizerManifest(
        int schemaVersion,
        String name,
        String version,
        Map<String, PackageFile> files,
        int vocabularySize,
        int merges,
        long textBytes,
        String trainedBy) {
    static final int SCHEMA_VERSION = 1;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    TokenizerManifest {
        files = Map.copyOf(files);
    }

    byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(
                    new TokenizerManifest(
                            schemaVersion,
                            name,
                            version,
                            new TreeMap<>(files),
                            vocabularySize,
                            merges,
                            textBytes,
                            trainedBy));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write the manifest of " + name, impossible);
        }
    }

    /// @throws IllegalArgumentException when it is no manifest of a version that this code reads
    static TokenizerManifest fromJson(byte[] json) {
        try {
            int schema = JSON.readTree(json).path("schema_version").asInt();
            if (schema != SCHEMA_VERSION) {
                throw new IllegalArgumentException(
                        "the tokenizer's manifest has schema version "
                                + schema
                                + ", this Gyre reads "
                                + SCHEMA_VERSION);
            }
            return JSON.readValue(json, TokenizerManifest.class);
        } catch (IOException malformed) {
            throw new IllegalArgumentException(
                    "the tokenizer's manifest is not readable: " + malformed.getMessage(),
                    malformed);
        }
    }
}
