package dev.gyre.tokenizer.formats;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The key-value part of a GGUF file, by type. Whole numbers of all widths are longs, both
/// floating-point types doubles; lists are homogeneous.
public final class GgufMetadata {
    private final Map<String, Object> values;

    /// @param values String, Long, Double, Boolean, or one of [List] of String, long[], double[]
    GgufMetadata(Map<String, Object> values) {
        this.values = values;
    }

    /// All keys.
    public Set<String> keys() {
        return values.keySet();
    }

    /// Whether there is a value of this key.
    public boolean contains(String key) {
        return values.containsKey(key);
    }

    /// The text at `key`, or null if there is none.
    public @Nullable String string(String key) {
        return as(key, String.class, "a string");
    }

    /// The whole number at `key`, or null if there is none.
    public @Nullable Long integer(String key) {
        return as(key, Long.class, "a whole number");
    }

    /// The floating-point number at `key`, or null if there is none.
    public @Nullable Double number(String key) {
        return as(key, Double.class, "a floating-point number");
    }

    /// The truth value at `key`, or null if there is none.
    public @Nullable Boolean bool(String key) {
        return as(key, Boolean.class, "a truth value");
    }

    /// The list of texts at `key`, or null if there is none.
    @SuppressWarnings("unchecked") // lists are only ever made of strings
    public @Nullable List<String> strings(String key) {
        return (@Nullable List<String>) as(key, List.class, "a list of strings");
    }

    /// The list of whole numbers (or truth values as 0 and 1) at `key`, or null if there is none.
    public long @Nullable [] integers(String key) {
        return as(key, long[].class, "a list of whole numbers");
    }

    /// The list of floating-point numbers at `key`, or null if there is none.
    public double @Nullable [] numbers(String key) {
        return as(key, double[].class, "a list of floating-point numbers");
    }

    private <T> @Nullable T as(String key, Class<T> type, String what) {
        Object value = values.get(key);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "GGUF key %s must be %s, it is a %s"
                            .formatted(key, what, value.getClass().getSimpleName()));
        }
        return type.cast(value);
    }
}
