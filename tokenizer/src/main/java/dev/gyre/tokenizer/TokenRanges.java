package dev.gyre.tokenizer;

import java.util.Arrays;
import java.util.Objects;

/// Tells how many tokens any stretch of a text has when it is encoded by itself.
///
/// The text is encoded once, between all places where it may be cut (see [SafeCuts]), and the
/// tokens before each are summed up. A stretch then costs no more than what lies before its first
/// and behind its last such place: in prose, where words are cut apart, a word at each end. In a
/// text, or with a vocabulary, without such places the stretch is encoded anew. Never changes; for
/// any number of threads.
public final class TokenRanges {
    private final TokenCounter counter;
    private final String text;

    /// Places to cut, ascending.
    private int[] cuts = new int[64];

    /// Tokens between the first of them and each.
    private int[] tokensBefore = new int[64];

    private int size;

    TokenRanges(TokenCounter counter, String text) {
        this.counter = counter;
        this.text = text;
        SafeCuts safe = new SafeCuts(counter.tokenizer().definition());
        for (int at = 1; at < text.length() && safe.any(); at++) {
            if (safe.at(text, at)) {
                add(at);
            }
        }
        cuts = Arrays.copyOf(cuts, size);
        tokensBefore = Arrays.copyOf(tokensBefore, size);
    }

    private void add(int cut) {
        if (size == cuts.length) {
            cuts = Arrays.copyOf(cuts, 2 * size);
            tokensBefore = Arrays.copyOf(tokensBefore, 2 * size);
        }
        cuts[size] = cut;
        tokensBefore[size] = size == 0 ? 0 : tokensBefore[size - 1] + encoded(cuts[size - 1], cut);
        size++;
    }

    private int encoded(int start, int end) {
        return start == end ? 0 : counter.count(text.substring(start, end));
    }

    /// Number of tokens that the stretch has as a text of its own.
    ///
    /// @param start its first UTF-16 code unit
    /// @param end the code unit behind its last
    /// @throws IndexOutOfBoundsException if they are not in the text or in the wrong order
    public int count(int start, int end) {
        Objects.checkFromToIndex(start, end, text.length());
        // half a surrogate pair at the beginning is another character than in the whole text
        boolean torn = start > 0 && start < end && Character.isLowSurrogate(text.charAt(start));
        int first = indexFrom(torn ? start + 2 : start);
        int last = indexFrom(end);
        if (last == size || cuts[last] > end) {
            last--;
        }
        if (first > last) {
            return encoded(start, end);
        }
        return encoded(start, cuts[first])
                + tokensBefore[last]
                - tokensBefore[first]
                + encoded(cuts[last], end);
    }

    /// Index of the first cut that is not before a place.
    private int indexFrom(int place) {
        int found = Arrays.binarySearch(cuts, place);
        return found >= 0 ? found : -found - 1;
    }
}
