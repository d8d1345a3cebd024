package dev.gyre.tokenization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.access.FailureException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fields of a request's JSON object, read strictly.
///
/// @param path where the object stands, for messages: empty, or such as `messages[0].`
record RequestFields(String path, JsonNode node) {
    private static final int MAX_STRING_LENGTH = 8 << 20;
    private static final int MAX_DEPTH = 64;

    private static final ObjectMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxStringLength(MAX_STRING_LENGTH)
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    RequestFields {
        if (!node.isObject()) {
            throw FailureException.invalid(
                    path, (path.isEmpty() ? "the body" : path) + " must be a JSON object");
        }
    }

    static RequestFields parse(byte[] body) {
        try {
            return new RequestFields("", JSON.readTree(body));
        } catch (JsonProcessingException malformed) {
            throw FailureException.invalid(
                    "body", "the body is not valid JSON: " + malformed.getOriginalMessage());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// Refuses every field but these.
    void allow(String... names) {
        Set<String> known = Set.of(names);
        for (String field : (Iterable<String>) node::fieldNames) {
            if (!known.contains(field)) {
                throw refused(field, "is not supported");
            }
        }
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    JsonNode get(String field) {
        return node.path(field);
    }

    String text(String field) {
        if (!node.path(field).isTextual()) {
            throw refused(field, has(field) ? "must be a string" : "is missing");
        }
        return node.path(field).textValue();
    }

    boolean flag(String field, boolean fallback) {
        if (has(field) && !node.get(field).isBoolean()) {
            throw refused(field, "must be true or false");
        }
        return has(field) ? node.get(field).booleanValue() : fallback;
    }

    JsonNode list(String field) {
        if (!node.path(field).isArray()) {
            throw refused(field, has(field) ? "must be a list" : "is missing");
        }
        return node.path(field);
    }

    FailureException refused(String field, String why) {
        return FailureException.invalid(path + field, path + field + " " + why);
    }

    /// A JSON value as plain lists, maps, strings and numbers.
    static @Nullable Object plain(JsonNode value) {
        return JSON.convertValue(value, Object.class);
    }
}
