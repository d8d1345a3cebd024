package dev.gyre.artifacts.shards;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.artifacts.Manifest.PackageFile;
import dev.gyre.artifacts.Sha256;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a version of a corpus is: `manifest.json`, written last. It has neither time nor person, so
/// that the same documents, rules and tokenizer give the same bytes.
///
/// @param schemaVersion version of this format, [#SCHEMA_VERSION]
/// @param project project that owns the corpus
/// @param corpus name of the corpus
/// @param version the first 16 digits of the hash of this manifest without its version
/// @param tokenizer `name@version`
/// @param tokenizerSha256 SHA-256 of tokenizer.json
/// @param vocabularySize number of token ids
/// @param separator text of the token behind each document, or null without one
/// @param separatorId its id, -1 without one
/// @param tokenBytes bytes of a token id in the shards: 2 or 4
/// @param shardTokens tokens in every shard but the last
/// @param tokens tokens in all shards
/// @param documents documents looked at
/// @param keptDocuments documents in the shards
/// @param documentIdsSha256 SHA-256 of the kept ids in order, each with a line feed behind it
/// @param bytes bytes of all texts as they came, in UTF-8
/// @param keptBytes bytes of the kept texts after cleaning, in UTF-8
/// @param rules the rules' settings
/// @param rulesSha256 their hash
/// @param removed documents that each rule removed
/// @param redactions personal data taken out of kept documents, by kind
/// @param files every other file, by name
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder(alphabetic = false)
public record CorpusManifest(
        int schemaVersion,
        String project,
        String corpus,
        String version,
        String tokenizer,
        String tokenizerSha256,
        int vocabularySize,
        @Nullable String separator,
        int separatorId,
        int tokenBytes,
        long shardTokens,
        long tokens,
        long documents,
        long keptDocuments,
        String documentIdsSha256,
        long bytes,
        long keptBytes,
        Map<String, Object> rules,
        String rulesSha256,
        Map<String, Long> removed,
        Map<String, Long> redactions,
        Map<String, PackageFile> files) {
    /// The version of the format that this code writes and reads.
    public static final int SCHEMA_VERSION = 1;

    /// Name of the manifest's file.
    public static final String FILE_NAME = "manifest.json";

    private static final int VERSION_DIGITS = 16;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    public CorpusManifest {
        if (tokenBytes != 2 && tokenBytes != 4) {
            throw new IllegalArgumentException(
                    "token_bytes is " + tokenBytes + "; token ids have 2 or 4 bytes");
        }
        if (shardTokens < 1 || tokens < 0 || keptDocuments < 0) {
            throw new IllegalArgumentException(
                    "shard_tokens %d, tokens %d, kept_documents %d: a manifest has no such counts"
                            .formatted(shardTokens, tokens, keptDocuments));
        }
        rules = Collections.unmodifiableMap(new TreeMap<>(rules));
        removed = Collections.unmodifiableMap(new TreeMap<>(removed));
        redactions = Collections.unmodifiableMap(new TreeMap<>(redactions));
        files = Collections.unmodifiableMap(new TreeMap<>(files));
    }

    /// Number of shards.
    public int shards() {
        return Math.toIntExact((tokens + shardTokens - 1) / shardTokens);
    }

    /// This manifest with the version that follows from all the rest.
    public CorpusManifest named() {
        return withVersion(Sha256.of(withVersion("").toJson()).substring(0, VERSION_DIGITS));
    }

    private CorpusManifest withVersion(String name) {
        return new CorpusManifest(
                schemaVersion,
                project,
                corpus,
                name,
                tokenizer,
                tokenizerSha256,
                vocabularySize,
                separator,
                separatorId,
                tokenBytes,
                shardTokens,
                tokens,
                documents,
                keptDocuments,
                documentIdsSha256,
                bytes,
                keptBytes,
                rules,
                rulesSha256,
                removed,
                redactions,
                files);
    }

    /// The manifest as JSON in UTF-8; the same manifest gives the same bytes.
    public byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write the manifest of " + corpus, impossible);
        }
    }

    /// Reads a manifest.
    ///
    /// @throws IllegalArgumentException when it is no manifest of a version that this code reads
    public static CorpusManifest fromJson(byte[] json) {
        try {
            int schema = JSON.readTree(json).path("schema_version").asInt();
            if (schema != SCHEMA_VERSION) {
                throw new IllegalArgumentException(
                        "the corpus' manifest has schema version "
                                + schema
                                + ", this Gyre reads "
                                + SCHEMA_VERSION);
            }
            return JSON.readValue(json, CorpusManifest.class);
        } catch (IOException malformed) {
            throw new IllegalArgumentException(
                    "the corpus' manifest is not readable: " + malformed.getMessage(), malformed);
        }
    }
}
