package dev.gyre.inference.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gyre.access.FailureException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fields of a JSON request, each of which must be read: [#done()] refuses what is left over,
/// by name. A field that is null counts as absent.
final class RequestFields {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final JsonNode object;
    private final String path;
    private final Set<String> read = new HashSet<>();

    /// @param path stands before the fields' names in messages, for example `stream_options.`
    RequestFields(JsonNode object, String path) {
        if (!object.isObject()) {
            throw FailureException.invalid(
                    path.isEmpty() ? "body" : path.substring(0, path.length() - 1),
                    "expected a JSON object, got " + kind(object));
        }
        this.object = object;
        this.path = path;
    }

    /// Reads the body of a request.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.Invalid] when it is not one JSON object
    static RequestFields parse(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            return new RequestFields(tree, "");
        } catch (JsonProcessingException e) {
            throw FailureException.invalid(
                    "body", "the body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw FailureException.invalid("body", "the body cannot be read: " + e.getMessage());
        }
    }

    /// The value of a field, or null.
    @Nullable JsonNode value(String name) {
        read.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    @Nullable Double number(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw wrong(name, "a number", value);
        }
        return value.doubleValue();
    }

    @Nullable Integer integer(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(name, "an integer of 32 bits", value);
        }
        return value.intValue();
    }

    @Nullable Long longInteger(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(name, "an integer of 64 bits", value);
        }
        return value.longValue();
    }

    boolean flag(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false", value);
        }
        return value.booleanValue();
    }

    @Nullable String text(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(name, "a string", value);
        }
        return value.textValue();
    }

    String requiredText(String name) {
        String text = text(name);
        if (text == null) {
            throw FailureException.invalid(path + name, path + name + " is missing");
        }
        return text;
    }

    /// Takes a field whose only accepted value means the same as its absence.
    ///
    /// @param json the accepted value in JSON
    void only(String name, String json) {
        JsonNode value = value(name);
        if (value != null && !value.toString().equals(json)) {
            throw FailureException.invalid(
                    path + name,
                    path
                            + name
                            + " is "
                            + shortened(value)
                            + ", only "
                            + json
                            + " is supported; remove it");
        }
    }

    /// Refuses the first field that nobody has read.
    void done() {
        object.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!read.contains(name) && !object.get(name).isNull()) {
                                throw FailureException.invalid(
                                        path + name, path + name + " is not supported; remove it");
                            }
                        });
    }

    /// Says that a field has a value of the wrong kind.
    FailureException wrong(String name, String expected, JsonNode value) {
        return FailureException.invalid(
                path + name, path + name + " is " + shortened(value) + ", expected " + expected);
    }

    private static String shortened(JsonNode value) {
        String json = value.toString();
        return json.length() <= 60 ? json : json.substring(0, 60) + "…";
    }

    private static String kind(JsonNode node) {
        return node.isMissingNode()
                ? "nothing"
                : node.getNodeType().toString().toLowerCase(java.util.Locale.ROOT);
    }
}
