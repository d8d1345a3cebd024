package dev.gyre.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a model package is and what it was made from: `manifest.json`, written last.
///
/// @param schemaVersion version of this format, [#SCHEMA_VERSION]
/// @param name package name
/// @param version package version
/// @param parent `name@version` it was trained from, or null
/// @param files every other file of the package, by path inside it
/// @param architecture architecture as in config.json, for example `LlamaForCausalLM`
/// @param dtype type of the weights in model.safetensors, for example `float32`
/// @param tokenizerSha256 SHA-256 of the tokenizer's file
/// @param onnxOpset ONNX operator set of the exported graphs, 0 without any
/// @param minimumRuntime least ONNX Runtime version that runs them, or null without any
/// @param datasetId data set it was trained on, or null
/// @param jobId job that made it, or null
/// @param metrics final metrics of the job
/// @param parity largest difference of log-probabilities to the training weights, by ONNX variant
/// @param license SPDX name of the weights' licence
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder(alphabetic = false)
public record Manifest(
        int schemaVersion,
        String name,
        String version,
        @Nullable String parent,
        Map<String, PackageFile> files,
        String architecture,
        String dtype,
        String tokenizerSha256,
        int onnxOpset,
        @Nullable String minimumRuntime,
        @Nullable String datasetId,
        @Nullable String jobId,
        Map<String, Double> metrics,
        Map<String, Double> parity,
        String license) {
    /// The version of the format that this code writes and reads.
    public static final int SCHEMA_VERSION = 1;

    /// Name of the manifest's file in a package.
    public static final String FILE_NAME = "manifest.json";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    public Manifest {
        for (String required :
                new String[] {name, version, architecture, dtype, tokenizerSha256, license}) {
            Objects.requireNonNull(required, "a required field of the manifest is missing");
        }
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        parity = Collections.unmodifiableMap(new TreeMap<>(parity));
    }

    /// Size and content hash of a file.
    ///
    /// @param size bytes
    /// @param sha256 64 lower-case hexadecimal digits
    public record PackageFile(long size, String sha256) {}

    /// The version that this manifest describes.
    public ModelVersion modelVersion() {
        return new ModelVersion(name, version);
    }

    /// ONNX variants in the package, for example `[fp32, int8]`.
    public List<String> onnxVariants() {
        return files.keySet().stream()
                .filter(path -> path.startsWith("onnx/") && path.endsWith("/model.onnx"))
                .map(
                        path ->
                                path.substring(
                                        "onnx/".length(), path.length() - "/model.onnx".length()))
                .toList();
    }

    /// The manifest as JSON in UTF-8; the same manifest gives the same bytes.
    public byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot write manifest of " + name, impossible);
        }
    }

    /// Reads a manifest.
    ///
    /// @throws IllegalArgumentException when it is no manifest of a version that this code reads
    public static Manifest fromJson(byte[] json) {
        try {
            int schema = JSON.readTree(json).path("schema_version").asInt();
            if (schema != SCHEMA_VERSION) {
                throw new IllegalArgumentException(
                        "manifest has schema version "
                                + schema
                                + ", this Gyre reads "
                                + SCHEMA_VERSION);
            }
            return JSON.readValue(json, Manifest.class);
        } catch (IOException malformed) {
            throw new IllegalArgumentException(
                    "manifest is not readable: " + malformed.getMessage(), malformed);
        }
    }
}
