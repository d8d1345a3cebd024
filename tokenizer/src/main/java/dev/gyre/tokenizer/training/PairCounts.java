package dev.gyre.tokenizer.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Pairs of neighbouring tokens: how often each occurs, and the words to look for it in.
/// Open-addressed; pairs that are gone are dropped when the table is rebuilt, so that it grows with
/// the pairs that there are and not with those that ever were.
final class PairCounts {
    private static final long EMPTY = -1;

    private long[] keys = new long[1 << 10];
    private long[] counts = new long[keys.length];
    private int[] @Nullable [] words = new int[keys.length][];
    private int[] wordCounts = new int[keys.length];
    private int[] rounds = new int[keys.length];
    private int used;

    PairCounts() {
        Arrays.fill(keys, EMPTY);
    }

    static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    static int left(long key) {
        return (int) (key >>> 32);
    }

    static int right(long key) {
        return (int) key;
    }

    long count(long key) {
        int slot = find(keys, key);
        return keys[slot] == EMPTY ? 0 : counts[slot];
    }

    void add(long key, long count) {
        counts[slotOf(key)] += count;
    }

    /// Counts a pair and remembers the word that has it.
    ///
    /// @param round number of the merge, above 0
    /// @return whether the pair is added to for the first time in this round
    boolean add(long key, long count, int word, int round) {
        int slot = slotOf(key);
        counts[slot] += count;
        int size = wordCounts[slot];
        int @Nullable [] list = words[slot];
        if (list == null) {
            list = new int[2];
            words[slot] = list;
        } else if (list[size - 1] == word) {
            return first(slot, round);
        } else if (size == list.length) {
            list = Arrays.copyOf(list, size + (size >> 1) + 1);
            words[slot] = list;
        }
        list[size] = word;
        wordCounts[slot] = size + 1;
        return first(slot, round);
    }

    private boolean first(int slot, int round) {
        boolean first = rounds[slot] != round;
        rounds[slot] = round;
        return first;
    }

    /// Adds the pairs of another table, whose words all come after those of this one.
    void addAll(PairCounts other) {
        for (int from = 0; from < other.keys.length; from++) {
            int[] list = other.words[from];
            if (other.keys[from] == EMPTY || list == null) {
                continue;
            }
            int slot = slotOf(other.keys[from]);
            counts[slot] += other.counts[from];
            int size = wordCounts[slot];
            int added = other.wordCounts[from];
            int[] own = words[slot];
            int[] joined = own == null ? new int[added] : Arrays.copyOf(own, size + added);
            System.arraycopy(list, 0, joined, size, added);
            words[slot] = joined;
            wordCounts[slot] = size + added;
        }
    }

    /// Takes a pair and its count.
    interface Visitor {
        void visit(long key, long count);
    }

    void forEach(Visitor visitor) {
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != EMPTY) {
                visitor.visit(keys[slot], counts[slot]);
            }
        }
    }

    /// The words that a pair was seen in, and forgets them; empty if there are none.
    int[] takeWords(long key) {
        int slot = find(keys, key);
        int[] list = keys[slot] == EMPTY ? null : words[slot];
        if (list == null) {
            return new int[0];
        }
        int size = wordCounts[slot];
        words[slot] = null;
        wordCounts[slot] = 0;
        return size == list.length ? list : Arrays.copyOf(list, size);
    }

    private int slotOf(long key) {
        int slot = find(keys, key);
        if (keys[slot] != EMPTY) {
            return slot;
        }
        if (++used * 2 > keys.length) {
            rebuild();
            slot = find(keys, key);
        }
        keys[slot] = key;
        return slot;
    }

    private static int find(long[] keys, long key) {
        int mask = keys.length - 1;
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 34) & mask;
        while (keys[slot] != EMPTY && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean isGone(int slot) {
        return keys[slot] == EMPTY || counts[slot] == 0;
    }

    private void rebuild() {
        int left = 1;
        for (int slot = 0; slot < keys.length; slot++) {
            left += isGone(slot) ? 0 : 1;
        }
        int capacity = Math.max(1 << 10, Integer.highestOneBit(left * 2) * 2);
        long[] newKeys = new long[capacity];
        long[] newCounts = new long[capacity];
        int[] @Nullable [] newWords = new int[capacity][];
        int[] newWordCounts = new int[capacity];
        int[] newRounds = new int[capacity];
        Arrays.fill(newKeys, EMPTY);
        for (int old = 0; old < keys.length; old++) {
            if (!isGone(old)) {
                int slot = find(newKeys, keys[old]);
                newKeys[slot] = keys[old];
                newCounts[slot] = counts[old];
                newWords[slot] = words[old];
                newWordCounts[slot] = wordCounts[old];
                newRounds[slot] = rounds[old];
            }
        }
        keys = newKeys;
        counts = newCounts;
        words = newWords;
        wordCounts = newWordCounts;
        rounds = newRounds;
        used = left;
    }
}
