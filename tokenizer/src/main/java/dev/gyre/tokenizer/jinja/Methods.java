package dev.gyre.tokenizer.jinja;

import dev.gyre.tokenizer.jinja.Values.CallArguments;
import dev.gyre.tokenizer.jinja.Values.Callable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The methods of Python's strings and dicts that templates call.
final class Methods {
    private Methods() {}

    /// The method of this name, or `null` if the value has none that is known.
    static @Nullable Callable find(@Nullable Object object, String name) {
        return switch (object) {
            case String text -> ofString(text, name);
            case Map<?, ?> map -> ofDict(map, name);
            case null, default -> null;
        };
    }

    private static @Nullable Callable ofString(String text, String name) {
        return switch (name) {
            case "strip" -> a -> strip(text, characters(a), true, true);
            case "lstrip" -> a -> strip(text, characters(a), true, false);
            case "rstrip" -> a -> strip(text, characters(a), false, true);
            case "upper" -> _ -> text.toUpperCase(Locale.ROOT);
            case "lower" -> _ -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> _ -> capitalize(text);
            case "title" -> _ -> title(text);
            case "startswith" -> a -> anyPrefix(a, text::startsWith);
            case "endswith" -> a -> anyPrefix(a, text::endsWith);
            case "split" -> a -> split(text, a, false);
            case "rsplit" -> a -> split(text, a, true);
            case "splitlines" -> _ -> new ArrayList<Object>(text.lines().toList());
            case "replace" -> a -> replace(text, a);
            case "join" -> a -> join(text, Values.elements(a.required(0, "iterable")));
            case "find" -> a -> (long) text.indexOf(Values.string(a.required(0, "sub")));
            case "count" -> a -> count(text, Values.string(a.required(0, "sub")));
            case "isdigit" ->
                    _ -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
            default -> null;
        };
    }

    private static @Nullable Callable ofDict(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" ->
                    a -> {
                        Object key = a.required(0, "key");
                        return map.containsKey(key) ? map.get(key) : a.get(1, "default", null);
                    };
            case "items" -> _ -> items(map);
            case "keys" -> _ -> new ArrayList<Object>(map.keySet());
            case "values" -> _ -> new ArrayList<Object>(map.values());
            default -> null;
        };
    }

    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach(
                (key, value) -> {
                    List<@Nullable Object> pair = new ArrayList<>();
                    pair.add(key);
                    pair.add(value);
                    items.add(pair);
                });
        return items;
    }

    private static @Nullable String characters(CallArguments arguments) {
        arguments.allow(1);
        Object characters = arguments.get(0, "chars", null);
        return characters == null ? null : Values.string(characters);
    }

    /// Python's `strip`: without these characters, or without whitespace, at the ends.
    static String strip(String text, @Nullable String characters, boolean start, boolean end) {
        int from = 0;
        int to = text.length();
        while (start && from < to && strips(text.codePointAt(from), characters)) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && strips(text.codePointBefore(to), characters)) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    private static boolean strips(int codePoint, @Nullable String characters) {
        return characters == null ? isPythonSpace(codePoint) : characters.indexOf(codePoint) >= 0;
    }

    /// Python's `str.isspace`: unlike Java it counts no-break spaces and U+0085, and like Java
    /// U+001C to U+001F.
    static boolean isPythonSpace(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || codePoint == 0x85;
    }

    private interface Affix {
        boolean test(String affix);
    }

    private static boolean anyPrefix(CallArguments arguments, Affix affix) {
        arguments.allow(1);
        Object wanted = arguments.required(0, "prefix");
        if (wanted instanceof List<?> several) {
            return several.stream().anyMatch(one -> affix.test(Values.string(one)));
        }
        return affix.test(Values.string(wanted));
    }

    private static List<Object> split(String text, CallArguments arguments, boolean fromRight) {
        arguments.allow(2, "sep", "maxsplit");
        Object separator = arguments.get(0, "sep", null);
        long most = Values.integer(arguments.get(1, "maxsplit", -1L));
        if (separator == null) {
            if (most >= 0) {
                throw new IllegalArgumentException("split with maxsplit needs a separator");
            }
            List<Object> words = new ArrayList<>();
            int position = 0;
            while (position < text.length()) {
                int end = position;
                while (end < text.length() && !isPythonSpace(text.charAt(end))) {
                    end++;
                }
                if (end > position) {
                    words.add(text.substring(position, end));
                }
                position = end + 1;
            }
            return words;
        }
        String by = Values.string(separator);
        if (by.isEmpty()) {
            throw new IllegalArgumentException("the separator of split is empty");
        }
        return fromRight ? splitFromRight(text, by, most) : splitFromLeft(text, by, most);
    }

    private static List<Object> splitFromLeft(String text, String by, long most) {
        List<Object> parts = new ArrayList<>();
        int start = 0;
        int found = text.indexOf(by);
        while (found >= 0 && (most < 0 || parts.size() < most)) {
            parts.add(text.substring(start, found));
            start = found + by.length();
            found = text.indexOf(by, start);
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static List<Object> splitFromRight(String text, String by, long most) {
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        int found = text.lastIndexOf(by);
        while (found >= 0 && (most < 0 || parts.size() < most)) {
            parts.addFirst(text.substring(found + by.length(), end));
            end = found;
            found = end < by.length() ? -1 : text.lastIndexOf(by, end - by.length());
        }
        parts.addFirst(text.substring(0, end));
        return parts;
    }

    static String replace(String text, CallArguments arguments) {
        arguments.allow(3, "old", "new", "count");
        String old = Values.string(arguments.required(0, "old"));
        String replacement = Values.string(arguments.required(1, "new"));
        long most = arguments.get(2, "count", null) instanceof Long count ? count : -1;
        if (most < 0) {
            return text.replace(old, replacement);
        }
        if (old.isEmpty()) {
            throw new IllegalArgumentException("replace with a count needs a text to replace");
        }
        List<Object> parts = splitFromLeft(text, old, most);
        return join(replacement, parts);
    }

    static String join(String separator, List<?> parts) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            joined.append(i > 0 ? separator : "").append(Values.print(parts.get(i)));
        }
        return joined.toString();
    }

    private static long count(String text, String part) {
        return part.isEmpty()
                ? text.codePointCount(0, text.length()) + 1L
                : splitFromLeft(text, part, -1).size() - 1L;
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int rest = Character.charCount(text.codePointAt(0));
        return text.substring(0, rest).toUpperCase(Locale.ROOT)
                + text.substring(rest).toLowerCase(Locale.ROOT);
    }

    static String title(String text) {
        StringBuilder titled = new StringBuilder();
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            titled.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLetter(c);
        }
        return titled.toString();
    }
}
