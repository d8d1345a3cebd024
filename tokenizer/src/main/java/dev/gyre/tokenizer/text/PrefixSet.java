package dev.gyre.tokenizer.text;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;

/// Strings that are looked for at the beginning of stretches of bytes.
public final class PrefixSet {
    /// Of so many strings that a stretch begins with the longest counts, as in SentencePiece's
    /// `PrefixMatcher`.
    private static final int MOST_RESULTS = 64;

    private final Set<String> strings;
    private final ByteTrie trie;
    private final boolean[] firstBytes = new boolean[256];

    private PrefixSet(Set<String> strings, ByteTrie trie) {
        this.strings = strings;
        this.trie = trie;
    }

    /// A set of strings, none of them empty.
    public static PrefixSet of(Collection<String> strings) {
        Set<String> distinct = Set.copyOf(strings);
        ByteTrie.Builder trie = new ByteTrie.Builder();
        for (String string : distinct) {
            trie.put(string.getBytes(StandardCharsets.UTF_8), 1);
        }
        PrefixSet set = new PrefixSet(distinct, trie.build());
        for (String string : distinct) {
            set.firstBytes[string.getBytes(StandardCharsets.UTF_8)[0] & 0xFF] = true;
        }
        return set;
    }

    /// Whether a string may begin with a byte.
    public boolean mayBegin(byte first) {
        return firstBytes[first & 0xFF];
    }

    /// Length in bytes of the longest string that a stretch begins with; 0 if there is none.
    public int longest(byte[] text, int start, int end) {
        if (!mayBegin(text[start])) {
            return 0;
        }
        int longest = 0;
        int results = 0;
        int node = ByteTrie.ROOT;
        for (int i = start; i < end && results < MOST_RESULTS; i++) {
            node = trie.child(node, text[i]);
            if (node < 0) {
                break;
            }
            if (trie.value(node) >= 0) {
                longest = i + 1 - start;
                results++;
            }
        }
        return longest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrefixSet that && strings.equals(that.strings);
    }

    @Override
    public int hashCode() {
        return strings.hashCode();
    }

    @Override
    public String toString() {
        return strings.toString();
    }
}
