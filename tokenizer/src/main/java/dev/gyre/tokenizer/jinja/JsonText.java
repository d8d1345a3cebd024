package dev.gyre.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The filter `tojson` as transformers has it: Python's `json.dumps` with characters as they are
/// and a blank after commas and colons.
final class JsonText {
    private final @Nullable String indent;
    private final StringBuilder out = new StringBuilder();

    private JsonText(@Nullable String indent) {
        this.indent = indent;
    }

    /// @param indent blanks a level, or `null` for all in one line
    static String of(@Nullable Object value, @Nullable String indent) {
        JsonText json = new JsonText(indent);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(@Nullable Object value, int level) {
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag);
            case Long number -> out.append(number);
            case Double number -> out.append(Values.printFloat(number));
            case String text -> quote(text);
            case List<?> list -> writeList(list, level);
            case Map<?, ?> map -> writeMap(map, level);
            default -> throw Values.wrongType("a JSON value", value);
        }
    }

    private void writeList(List<?> list, int level) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        boolean first = true;
        for (Object item : list) {
            separate(first, level + 1);
            write(item, level + 1);
            first = false;
        }
        newline(level);
        out.append(']');
    }

    private void writeMap(Map<?, ?> map, int level) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            separate(first, level + 1);
            quote(Values.print(entry.getKey()));
            out.append(": ");
            write(entry.getValue(), level + 1);
            first = false;
        }
        newline(level);
        out.append('}');
    }

    private void separate(boolean first, int level) {
        if (!first) {
            out.append(indent == null ? ", " : ",");
        }
        newline(level);
    }

    private void newline(int level) {
        if (indent != null) {
            out.append('\n').repeat(indent, level);
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
