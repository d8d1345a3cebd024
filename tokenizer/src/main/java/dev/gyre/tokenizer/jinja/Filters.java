package dev.gyre.tokenizer.jinja;

import dev.gyre.tokenizer.jinja.Values.CallArguments;
import dev.gyre.tokenizer.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Jinja's filters and tests that chat templates use.
final class Filters {
    private Filters() {}

    static @Nullable Object apply(String name, @Nullable Object value, CallArguments arguments) {
        return switch (name) {
            case "trim" -> {
                Object characters = arguments.get(0, "chars", null);
                String wanted = characters == null ? null : Values.string(characters);
                yield Methods.strip(text(value), wanted, true, true);
            }
            case "length", "count" -> length(value);
            case "upper" -> text(value).toUpperCase(Locale.ROOT);
            case "lower" -> text(value).toLowerCase(Locale.ROOT);
            case "capitalize" -> Methods.capitalize(text(value));
            case "title" -> Methods.title(text(value));
            case "string" -> Values.print(value);
            case "safe" -> value;
            case "replace" -> Methods.replace(text(value), arguments);
            case "default", "d" -> {
                boolean falseToo = Values.isTrue(arguments.get(1, "boolean", false));
                boolean missing = value instanceof Undefined || falseToo && !Values.isTrue(value);
                yield missing ? arguments.get(0, "default_value", "") : value;
            }
            case "tojson" -> toJson(value, arguments);
            case "list" -> Values.elements(value);
            case "first" -> at(Values.elements(value), 0);
            case "last" -> {
                List<@Nullable Object> elements = Values.elements(value);
                yield at(elements, elements.size() - 1);
            }
            case "join" -> join(value, arguments);
            case "reverse" ->
                    value instanceof String text
                            ? new StringBuilder(text).reverse().toString()
                            : new ArrayList<>(Values.elements(value).reversed());
            case "items" -> value instanceof Map<?, ?> map ? Methods.items(map) : List.of();
            case "dictsort" -> sortedItems(value);
            case "sort" -> sorted(value, arguments);
            case "unique" -> new ArrayList<>(new LinkedHashSet<>(Values.elements(value)));
            case "int" -> toInteger(value, arguments);
            case "float" -> toFloat(value, arguments);
            case "abs" -> absolute(value);
            case "map" -> map(value, arguments);
            case "selectattr" -> byAttribute(value, arguments, true);
            case "rejectattr" -> byAttribute(value, arguments, false);
            case "select" -> byTest(value, arguments, true);
            case "reject" -> byTest(value, arguments, false);
            case "indent" -> indent(text(value), arguments);
            default ->
                    throw new IllegalArgumentException(
                            "filter \"%s\" is not supported".formatted(name));
        };
    }

    private static Object absolute(@Nullable Object value) {
        if (value instanceof Double number) {
            return Math.abs(number);
        }
        return Math.absExact(Values.integer(value));
    }

    private static String text(@Nullable Object value) {
        return Values.print(value);
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined _ -> 0;
            case null, default -> throw Values.wrongType("something with a length", value);
        };
    }

    private static @Nullable Object at(List<@Nullable Object> elements, int index) {
        return elements.isEmpty() ? new Undefined("an element of nothing") : elements.get(index);
    }

    private static String toJson(@Nullable Object value, CallArguments arguments) {
        arguments.allow(1, "indent", "ensure_ascii");
        if (Values.isTrue(arguments.get(9, "ensure_ascii", false))) {
            throw new IllegalArgumentException("tojson with ensure_ascii is not supported");
        }
        Object indent = arguments.get(0, "indent", null);
        return JsonText.of(value, indent == null ? null : " ".repeat(columns(indent)));
    }

    private static int columns(@Nullable Object value) {
        return Math.clamp(Values.integer(value), 0, 64);
    }

    private static String join(@Nullable Object value, CallArguments arguments) {
        arguments.allow(2, "d", "attribute");
        List<@Nullable Object> parts = Values.elements(value);
        Object attribute = arguments.get(1, "attribute", null);
        if (attribute != null) {
            parts.replaceAll(part -> Interpreter.path(part, Values.string(attribute)));
        }
        return Methods.join(text(arguments.get(0, "d", "")), parts);
    }

    private static List<Object> sortedItems(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw Values.wrongType("a dict", value);
        }
        List<Object> items = Methods.items(map);
        items.sort(Comparator.comparing(item -> Values.print(((List<?>) item).getFirst())));
        return items;
    }

    private static List<@Nullable Object> sorted(@Nullable Object value, CallArguments arguments) {
        arguments.allow(1, "reverse", "attribute");
        Object attribute = arguments.get(9, "attribute", null);
        List<@Nullable Object> elements = Values.elements(value);
        Comparator<@Nullable Object> order =
                attribute == null
                        ? Values::compare
                        : (a, b) ->
                                Values.compare(
                                        Interpreter.path(a, Values.string(attribute)),
                                        Interpreter.path(b, Values.string(attribute)));
        boolean reverse = Values.isTrue(arguments.get(0, "reverse", false));
        elements.sort(reverse ? order.reversed() : order);
        return elements;
    }

    private static @Nullable Object toInteger(@Nullable Object value, CallArguments arguments) {
        return switch (value) {
            case Double number -> number.longValue();
            case String text -> {
                try {
                    yield Long.valueOf(text.strip());
                } catch (NumberFormatException _) {
                    yield arguments.get(0, "default", 0L);
                }
            }
            case null, default ->
                    Values.isNumber(value)
                            ? Values.integer(value)
                            : arguments.get(0, "default", 0L);
        };
    }

    private static @Nullable Object toFloat(@Nullable Object value, CallArguments arguments) {
        if (value instanceof String text) {
            try {
                return Double.valueOf(text.strip());
            } catch (NumberFormatException _) {
                return arguments.get(0, "default", 0.0);
            }
        }
        return Values.isNumber(value) ? Values.number(value) : arguments.get(0, "default", 0.0);
    }

    private static List<@Nullable Object> map(@Nullable Object value, CallArguments arguments) {
        List<@Nullable Object> elements = Values.elements(value);
        if (arguments.named().containsKey("attribute")) {
            arguments.allow(0, "attribute", "default");
            String path = Values.string(arguments.get(0, "attribute", null));
            elements.replaceAll(
                    element -> {
                        Object found = Interpreter.path(element, path);
                        return found instanceof Undefined
                                ? arguments.get(9, "default", found)
                                : found;
                    });
            return elements;
        }
        String filter = Values.string(arguments.required(0, "filter"));
        CallArguments rest = withoutFirst(arguments, 1);
        elements.replaceAll(element -> apply(filter, element, rest));
        return elements;
    }

    private static List<@Nullable Object> byAttribute(
            @Nullable Object value, CallArguments arguments, boolean wanted) {
        String path = Values.string(arguments.required(0, "attribute"));
        Predicate<@Nullable Object> test = predicate(withoutFirst(arguments, 1));
        List<@Nullable Object> elements = Values.elements(value);
        elements.removeIf(element -> test.test(Interpreter.path(element, path)) != wanted);
        return elements;
    }

    private static List<@Nullable Object> byTest(
            @Nullable Object value, CallArguments arguments, boolean wanted) {
        Predicate<@Nullable Object> test = predicate(arguments);
        List<@Nullable Object> elements = Values.elements(value);
        elements.removeIf(element -> test.test(element) != wanted);
        return elements;
    }

    private static Predicate<@Nullable Object> predicate(CallArguments arguments) {
        if (arguments.positional().isEmpty()) {
            return Values::isTrue;
        }
        String name = Values.string(arguments.positional().getFirst());
        CallArguments rest = withoutFirst(arguments, 1);
        return value -> test(name, value, rest);
    }

    private static CallArguments withoutFirst(CallArguments arguments, int count) {
        List<@Nullable Object> rest = arguments.positional();
        return new CallArguments(rest.subList(count, rest.size()), arguments.named());
    }

    private static String indent(String text, CallArguments arguments) {
        arguments.allow(3, "width", "first", "blank");
        Object width = arguments.get(0, "width", 4L);
        String blanks = width instanceof String own ? own : " ".repeat(columns(width));
        boolean first = Values.isTrue(arguments.get(1, "first", false));
        boolean blankLines = Values.isTrue(arguments.get(2, "blank", false));
        StringBuilder indented = new StringBuilder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean wanted = i == 0 ? first : blankLines || !lines[i].isEmpty();
            indented.append(i > 0 ? "\n" : "").append(wanted ? blanks : "").append(lines[i]);
        }
        return indented.toString();
    }

    static boolean test(String name, @Nullable Object value, CallArguments arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map;
            case "sequence", "iterable" ->
                    value instanceof List || value instanceof Map || value instanceof String;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "callable" -> value instanceof Values.Callable;
            case "odd" -> Math.floorMod(Values.integer(value), 2) == 1;
            case "even" -> Math.floorMod(Values.integer(value), 2) == 0;
            case "divisibleby" ->
                    Math.floorMod(
                                    Values.integer(value),
                                    Values.integer(arguments.required(0, "num")))
                            == 0;
            case "equalto", "eq" -> Values.equal(value, arguments.required(0, "other"));
            case "ne" -> !Values.equal(value, arguments.required(0, "other"));
            case "in" -> Values.contains(arguments.required(0, "seq"), value);
            case "lower" -> text(value).equals(text(value).toLowerCase(Locale.ROOT));
            case "upper" -> text(value).equals(text(value).toUpperCase(Locale.ROOT));
            default ->
                    throw new IllegalArgumentException(
                            "test \"%s\" is not supported".formatted(name));
        };
    }
}
