package dev.gyre.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reading and writing of the JSON files of a package: sizes capped, a key twice is an error.
final class Json {
    static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private Json() {}

    static ObjectNode readObject(Path file, long maxBytes) {
        try {
            long bytes = Files.size(file);
            if (bytes > maxBytes) {
                throw new IllegalArgumentException(
                        "%s has %d bytes, the limit is %d".formatted(file, bytes, maxBytes));
            }
            return object(file.toString(), Files.readAllBytes(file));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
    }

    static ObjectNode object(String what, byte[] utf8) {
        JsonNode node;
        try {
            node = MAPPER.readTree(utf8);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(
                    what + " is not valid JSON: " + malformed.getOriginalMessage(), malformed);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + what, failure);
        }
        if (!(node instanceof ObjectNode object)) {
            throw new IllegalArgumentException(what + " is not a JSON object");
        }
        return object;
    }

    static void write(Path file, JsonNode node) {
        try {
            Files.writeString(file, MAPPER.writeValueAsString(node) + "\n");
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write " + file, failure);
        }
    }
}
