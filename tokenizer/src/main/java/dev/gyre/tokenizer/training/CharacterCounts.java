package dev.gyre.tokenizer.training;

import java.util.ArrayList;
import java.util.List;

/// How often each Unicode character occurs.
final class CharacterCounts {
    private static final int PAGE = 256;

    private final long[][] pages = new long[(Character.MAX_CODE_POINT + 1) / PAGE][];

    /// A character and how often it occurs.
    record Entry(int codePoint, long count) {}

    void add(int codePoint, long count) {
        long[] page = pages[codePoint / PAGE];
        if (page == null) {
            page = new long[PAGE];
            pages[codePoint / PAGE] = page;
        }
        page[codePoint % PAGE] = saturatingAdd(page[codePoint % PAGE], count);
    }

    private static long saturatingAdd(long left, long right) {
        return left > Long.MAX_VALUE - right ? Long.MAX_VALUE : left + right;
    }

    /// Those that occur, by rising code point.
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (int number = 0; number < pages.length; number++) {
            long[] page = pages[number];
            for (int i = 0; page != null && i < PAGE; i++) {
                if (page[i] > 0) {
                    entries.add(new Entry(number * PAGE + i, page[i]));
                }
            }
        }
        return entries;
    }
}
