package dev.gyre.tokenization.corpus.text;

import java.util.Arrays;

/// Repeated runs of words, found by 64-bit hashes in an open-addressed table.
final class NGrams {
    /// Odd, so that powers stay invertible modulo 2^64.
    private static final long BASE = 0x9fb2_1c65_1e98_df25L;

    private final long[] hashes;

    /// Characters of all words before each.
    private final long[] characters;

    private final long[] keys;
    private final int[] values;
    private final int mask;

    /// Length of n-grams of which none occurs twice, and so none of a longer one.
    private int unrepeated = Integer.MAX_VALUE;

    NGrams(Words words) {
        int count = words.count();
        hashes = new long[count];
        characters = new long[count + 1];
        for (int word = 0; word < count; word++) {
            hashes[word] = words.hash(word);
            characters[word + 1] = characters[word] + words.length(word);
        }
        int slots = Integer.highestOneBit(Math.max(8, Math.min(count, 1 << 29))) * 2;
        slots = slots < count * 1.5 ? slots * 2 : slots;
        keys = new long[slots];
        values = new int[slots];
        mask = slots - 1;
    }

    /// Occurrences of the most frequent n-gram, the first of those equally frequent, times its
    /// length with the blanks inside; 0 for a text shorter than n words.
    long topCharacters(int n) {
        if (n > hashes.length) {
            return 0;
        }
        Arrays.fill(values, 0);
        int[] firsts = new int[keys.length];
        Roll roll = new Roll(n);
        int most = 0;
        for (int word = 0; word + n <= hashes.length; word++) {
            int slot = slot(roll.next(word));
            if (values[slot] == 0) {
                firsts[slot] = word;
            }
            most = Math.max(most, ++values[slot]);
        }
        int first = Integer.MAX_VALUE;
        for (int slot = 0; slot < values.length; slot++) {
            if (values[slot] == most) {
                first = Math.min(first, firsts[slot]);
            }
        }
        if (most == 1) {
            unrepeated = Math.min(unrepeated, n);
        }
        return most * (characters[first + n] - characters[first] + n - 1);
    }

    /// Characters, without blanks, of n-grams that occurred before; those that overlap one that was
    /// counted are left out.
    long duplicateCharacters(int n) {
        if (n > hashes.length || n >= unrepeated) {
            return 0;
        }
        Arrays.fill(values, 0);
        Roll roll = new Roll(n);
        long held = 0;
        for (int word = 0; word + n <= hashes.length; ) {
            int slot = slot(roll.next(word));
            if (values[slot] == 0) {
                values[slot] = 1;
                word++;
            } else {
                held += characters[word + n] - characters[word];
                word += n;
            }
        }
        if (held == 0) {
            unrepeated = n;
        }
        return held;
    }

    /// The slot of a key, which is written there if it is new (value 0).
    private int slot(long key) {
        int slot = (int) Hashing.mix(key) & mask;
        while (values[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        keys[slot] = key;
        return slot;
    }

    /// The hash of n words, moved on from word to word.
    private final class Roll {
        private final int n;
        private final long highestPower;
        private long hash;
        private int end;

        Roll(int n) {
            this.n = n;
            long power = 1;
            for (int i = 1; i < n; i++) {
                power *= BASE;
            }
            highestPower = power;
        }

        long next(int word) {
            while (end < word + n) {
                if (end >= n) {
                    hash -= hashes[end - n] * highestPower;
                }
                hash = hash * BASE + hashes[end++];
            }
            return hash;
        }
    }
}
