package dev.gyre.tokenizer.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Values of the template language and what Python does with them.
///
/// `null` is None; the others are Boolean, Long, Double, String, List, Map, [Undefined],
/// [Callable].
final class Values {
    private Values() {}

    /// A name or entry that does not exist. It prints as nothing and is false; anything else done
    /// with it is an error that names it.
    record Undefined(String name) {
        IllegalArgumentException error() {
            return new IllegalArgumentException("%s is undefined".formatted(name));
        }
    }

    /// A function, macro or method.
    interface Callable {
        @Nullable Object call(CallArguments arguments);
    }

    /// Evaluated arguments.
    record CallArguments(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        int size() {
            return positional.size() + named.size();
        }

        /// The argument at the place or with the name, `fallback` if it is not given.
        @Nullable Object get(int index, String name, @Nullable Object fallback) {
            if (index < positional.size()) {
                return positional.get(index);
            }
            return named.containsKey(name) ? named.get(name) : fallback;
        }

        @Nullable Object required(int index, String name) {
            if (index >= positional.size() && !named.containsKey(name)) {
                throw new IllegalArgumentException("argument %s is missing".formatted(name));
            }
            return get(index, name, null);
        }

        /// Refuses arguments beyond these.
        void allow(int mostPositional, String... names) {
            if (positional.size() > mostPositional) {
                throw new IllegalArgumentException(
                        "%d arguments given, at most %d are taken"
                                .formatted(positional.size(), mostPositional));
            }
            for (String name : named.keySet()) {
                if (!List.of(names).contains(name)) {
                    throw new IllegalArgumentException(
                            "argument %s is not supported".formatted(name));
                }
            }
        }
    }

    static boolean isTrue(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Undefined _ -> false;
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Undefined && right instanceof Undefined) {
            return true;
        }
        if (isNumber(left) && isNumber(right)) {
            return number(left) == number(right);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (int i = 0; i < a.size(); i++) {
                if (!equal(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return Objects.equals(left, right);
    }

    static boolean isNumber(@Nullable Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static double number(@Nullable Object value) {
        return switch (value) {
            case Long number -> number;
            case Double number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case null, default -> throw wrongType("a number", value);
        };
    }

    /// An integer; booleans count as 0 and 1.
    static long integer(@Nullable Object value) {
        return switch (value) {
            case Long number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case null, default -> throw wrongType("an integer", value);
        };
    }

    static int smallInteger(@Nullable Object value) {
        return Math.clamp(integer(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    static String string(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw wrongType("a string", value);
    }

    /// The elements that a loop goes through: of a string its characters, of a dict its keys.
    static List<@Nullable Object> elements(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> new ArrayList<>(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text ->
                    new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
            case Undefined _ -> List.of();
            case null, default -> throw wrongType("something to go through", value);
        };
    }

    static int compare(@Nullable Object left, @Nullable Object right) {
        if (isNumber(left) && isNumber(right)) {
            return Double.compare(number(left), number(right));
        }
        if (left instanceof String a && right instanceof String b) {
            return a.compareTo(b);
        }
        throw new IllegalArgumentException(
                "%s and %s cannot be compared".formatted(typeName(left), typeName(right)));
    }

    static boolean contains(@Nullable Object container, @Nullable Object element) {
        return switch (container) {
            case String text -> text.contains(string(element));
            case Map<?, ?> map -> map.containsKey(element);
            case List<?> list -> list.stream().anyMatch(item -> equal(item, element));
            case Undefined _ -> false;
            case null, default -> throw wrongType("a string, list or dict", container);
        };
    }

    static IllegalArgumentException wrongType(String wanted, @Nullable Object value) {
        if (value instanceof Undefined undefined) {
            return undefined.error();
        }
        return new IllegalArgumentException(
                "expected %s, found %s".formatted(wanted, typeName(value)));
    }

    static String typeName(@Nullable Object value) {
        return switch (value) {
            case null -> "none";
            case Undefined undefined -> undefined.name() + " (undefined)";
            case Boolean _ -> "a boolean";
            case Long _ -> "an integer";
            case Double _ -> "a float";
            case String _ -> "a string";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a dict";
            default -> "a function";
        };
    }

    /// What a value prints as: Python's `str`.
    static String print(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Undefined _ -> "";
            case String text -> text;
            case Boolean flag -> flag ? "True" : "False";
            case Double number -> printFloat(number);
            case List<?> list -> {
                List<String> items = new ArrayList<>();
                list.forEach(item -> items.add(represent(item)));
                yield "[" + String.join(", ", items) + "]";
            }
            case Map<?, ?> map -> {
                List<String> items = new ArrayList<>();
                map.forEach((key, item) -> items.add(represent(key) + ": " + represent(item)));
                yield "{" + String.join(", ", items) + "}";
            }
            case Callable _ -> throw wrongType("a value to print", value);
            default -> value.toString();
        };
    }

    /// Python's `repr`: as printed, but strings stand in quotes.
    private static String represent(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return print(value);
        }
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '\\' -> quoted.append("\\\\");
                                case '\n' -> quoted.append("\\n");
                                case '\r' -> quoted.append("\\r");
                                case '\t' -> quoted.append("\\t");
                                default -> {
                                    if (c == quote) {
                                        quoted.append('\\');
                                    }
                                    quoted.appendCodePoint(c);
                                }
                            }
                        });
        return quoted.append(quote).toString();
    }

    static String printFloat(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(number);
        if (size != 0 && (size < 1e-4 || size >= 1e16)) {
            // Java: 1.0E-5; Python: 1e-05
            String[] parts = Double.toString(number).split("E", 2);
            int exponent = Integer.parseInt(parts[1]);
            String digits = parts[0].endsWith(".0") ? parts[0].replace(".0", "") : parts[0];
            return "%se%s%02d".formatted(digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
        String plain = new BigDecimal(Double.toString(number)).toPlainString();
        return plain.contains(".") ? plain : plain + ".0";
    }
}
