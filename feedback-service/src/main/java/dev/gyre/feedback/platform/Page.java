package dev.gyre.feedback.platform;

import dev.gyre.access.FailureException;
import java.util.List;
import java.util.function.ToLongFunction;

/// A part of a list that runs from the newest to the oldest.
///
/// @param items newest first
/// @param nextToken continues the list; empty at its end
public record Page<T>(List<T> items, String nextToken) {
    /// Items on a page when the caller says nothing.
    public static final int DEFAULT_SIZE = 100;

    /// Items on a page at most.
    public static final int MAX_SIZE = 1000;

    public Page {
        items = List.copyOf(items);
    }

    /// What part is wanted.
    ///
    /// @param size 1 to [#MAX_SIZE]
    /// @param before only items with a smaller sequence number
    public record Wanted(int size, long before) {
        /// @param size items at most; 0: [#DEFAULT_SIZE]
        /// @param token from an earlier page; empty: from the newest
        /// @throws FailureException [dev.gyre.access.Failure.Invalid] when one is out of range
        public static Wanted of(int size, String token) {
            if (size < 0 || size > MAX_SIZE) {
                throw FailureException.invalid(
                        "page_size", "page_size is " + size + ", it must be 1 to " + MAX_SIZE);
            }
            if (!token.isEmpty() && !token.matches("[0-9]{1,18}")) {
                throw FailureException.invalid(
                        "page_token", "page_token is none that a list has given");
            }
            return new Wanted(
                    size == 0 ? DEFAULT_SIZE : size,
                    token.isEmpty() ? Long.MAX_VALUE : Long.parseLong(token));
        }
    }

    /// Makes a page of a query's answer.
    ///
    /// @param found up to one item more than wanted, newest first
    public static <T> Page<T> of(List<T> found, Wanted wanted, ToLongFunction<T> sequence) {
        if (found.size() <= wanted.size()) {
            return new Page<>(found, "");
        }
        List<T> items = found.subList(0, wanted.size());
        return new Page<>(items, Long.toString(sequence.applyAsLong(items.getLast())));
    }
}
