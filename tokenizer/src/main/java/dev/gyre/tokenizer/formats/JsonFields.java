package dev.gyre.tokenizer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An object of tokenizer.json, read strictly: a field that is not known, or has a value other than
/// those supported, is refused by its name.
///
/// @param path where the object stands, for messages, such as `model` or `added_tokens[3]`
public record JsonFields(String path, JsonNode node) {
    public JsonFields {
        if (!node.isObject()) {
            throw new IllegalArgumentException(
                    "%s must be an object, not %s".formatted(path, kind(node)));
        }
    }

    String name(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    void allow(String... fields) {
        Set<String> known = Set.of(fields);
        for (String field : (Iterable<String>) node::fieldNames) {
            if (!known.contains(field)) {
                throw new IllegalArgumentException("%s is not supported".formatted(name(field)));
            }
        }
    }

    boolean isNull(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull();
    }

    JsonNode required(String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("%s is missing".formatted(name(field)));
        }
        return value;
    }

    JsonFields object(String field) {
        return new JsonFields(name(field), required(field));
    }

    List<JsonFields> objects(String field) {
        JsonNode array = array(field);
        List<JsonFields> objects = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            objects.add(new JsonFields("%s[%d]".formatted(name(field), i), array.get(i)));
        }
        return objects;
    }

    JsonNode array(String field) {
        JsonNode value = required(field);
        if (!value.isArray()) {
            throw wrongType(field, "a list", value);
        }
        return value;
    }

    String text(String field) {
        JsonNode value = required(field);
        if (!value.isTextual()) {
            throw wrongType(field, "a string", value);
        }
        return requireUnicode(name(field), value.textValue());
    }

    @Nullable String optionalText(String field) {
        return isNull(field) ? null : text(field);
    }

    int integer(String field) {
        JsonNode value = required(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrongType(field, "an integer", value);
        }
        return value.intValue();
    }

    int integer(String field, int fallback) {
        return isNull(field) ? fallback : integer(field);
    }

    /// A text of one character.
    int character(String field) {
        String text = text(field);
        if (text.codePointCount(0, text.length()) != 1) {
            throw unsupported(field, "\"" + text + "\" (one character is wanted)");
        }
        return text.codePointAt(0);
    }

    /// One of several words.
    <T extends Enum<T>> T word(String field, Class<T> words, Function<T, String> spelling) {
        String text = text(field);
        for (T word : words.getEnumConstants()) {
            if (spelling.apply(word).equals(text)) {
                return word;
            }
        }
        throw unsupported(field, text);
    }

    boolean flag(String field, boolean fallback) {
        return isNull(field) ? fallback : flag(field);
    }

    boolean flag(String field) {
        JsonNode value = required(field);
        if (!value.isBoolean()) {
            throw wrongType(field, "true or false", value);
        }
        return value.booleanValue();
    }

    /// Refuses the field unless it is absent, `null` or one of these values.
    void only(String field, String... supported) {
        if (!isNull(field) && !Set.of(supported).contains(required(field).toString())) {
            throw unsupported(field, required(field).toString());
        }
    }

    IllegalArgumentException unsupported(String field, String value) {
        String shown = value.length() > 200 ? value.substring(0, 200) + "…" : value;
        return new IllegalArgumentException("%s %s is not supported".formatted(name(field), shown));
    }

    private IllegalArgumentException wrongType(String field, String wanted, JsonNode value) {
        return new IllegalArgumentException(
                "%s must be %s, not %s".formatted(name(field), wanted, kind(value)));
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "a string";
            case NUMBER -> "the number " + node;
            case BOOLEAN -> node.toString();
            case NULL, MISSING -> "nothing";
            case BINARY, POJO -> "binary data";
        };
    }

    /// The text, if it has no lone surrogate, which JSON can spell but UTF-8 cannot.
    public static String requireUnicode(String name, String text) {
        for (int i = 0; i < text.length(); i++) {
            int codePoint = text.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException(
                        "%s has a lone surrogate at character %d".formatted(name, i));
            }
            i += Character.charCount(codePoint) - 1;
        }
        return text;
    }
}
