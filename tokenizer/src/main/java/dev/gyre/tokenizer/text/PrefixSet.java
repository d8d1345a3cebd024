package dev.gyre.tokenizer.text;

import java.nio.charset.StandardCharsets;
import java.util.Collection;

/// Strings that are looked for at the beginning of stretches of bytes.
public final class PrefixSet {
    private final PieceTable strings = new PieceTable();

    private PrefixSet() {}

    /// A set of strings, none of them empty.
    public static PrefixSet of(Collection<String> strings) {
        PrefixSet set = new PrefixSet();
        for (String string : strings) {
            set.strings.put(string.getBytes(StandardCharsets.UTF_8), 1);
        }
        return set;
    }

    /// Length in bytes of the longest string that a stretch begins with; 0 if there is none.
    public int longest(byte[] text, int start, int end) {
        for (int length = Math.min(strings.longest(), end - start); length > 0; length--) {
            if (strings.get(text, start, start + length) >= 0) {
                return length;
            }
        }
        return 0;
    }
}
