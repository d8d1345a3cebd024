package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.text.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The tokens of a byte-level vocabulary by their bytes: finds the longest that begins at a place.
///
/// Memory is what a search waits for, so it reads little of it. Tokens of two bytes, and those that
/// are one character of three bytes, as most of China, Japan and Korea, are found by their bytes
/// alone. Which other lengths are worth a try is told by the first three bytes and the three that
/// follow, then by a filter of bits for each length; only then is the table itself read, in which a
/// token of up to 12 bytes is 16 bytes: the token, its length and its id. Longer ones hang on their
/// first 12 bytes. Filled once, then read by any number of threads.
final class TokenTable {
    /// What [#longest] gives where no token begins.
    static final long NONE = -1;

    private static final int ABSENT = -1;
    private static final int SHORT = 12;
    private static final int LONG_BIT = SHORT + 1;

    /// Bytes that choose an entry of [#starts].
    private static final int START = 3;

    private static final int START_BITS = 16;

    /// The lengths over two starts; what follows the first counts for them.
    private static final int TWO_STARTS = -1 << 2 * START;

    private static final int LENGTHS = (2 << LONG_BIT) - 1;
    private static final int SECOND_BITS = 63 - LONG_BIT;

    /// Longer tokens that may begin with the same 12 bytes: each is a step of every search there.
    /// Real vocabularies have a hundred, of blanks.
    private static final int MOST_ALIKE = 8192;

    private static final int FILTER_BITS_A_TOKEN = 8;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] @Nullable [] tokens;
    private final int[] bytes = new int[256];

    /// Id of each token of two bytes, by these.
    private final int[] pairs = new int[1 << 16];

    /// Id of each token that is a character of three bytes, by the code point.
    private final int[] characters = new int[1 << 16];

    /// For the hash of three bytes, or behind these for a character of three bytes, one bit a
    /// length, [#LONG_BIT] for what is longer than [#SHORT]; above them [#SECOND_BITS] bits, set
    /// for the three bytes that follow in some longer token.
    private final long[] starts = new long[2 << START_BITS];

    /// Two longs an entry: bytes 0 to 7; bytes 8 to 11, then id plus one, then length.
    private final long[] entries;

    private final int shift;
    private final long[] filter;
    private final int filterShift;

    /// The tokens of more than 12 bytes, the longest first, found by the first 12: `length << 32 |
    /// id`, so that those that are too long need not be looked at.
    private final long[][] longer;

    /// @param tokens bytes of each token by id; `null` for ids to leave out
    /// @throws IllegalArgumentException if two tokens are the same, or too many begin with the same
    ///   12 bytes
    TokenTable(byte[] @Nullable [] tokens) {
        this.tokens = tokens;
        int count = 0;
        int longCount = 0;
        for (byte[] token : tokens) {
            if (token != null) {
                count++;
                longCount += token.length > SHORT ? 1 : 0;
            }
        }
        int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, count));
        entries = new long[2 << bits];
        shift = 64 - bits;
        int filterBits =
                Math.max(6, 32 - Integer.numberOfLeadingZeros(count * FILTER_BITS_A_TOKEN));
        filter = new long[1 << filterBits - 6];
        filterShift = 64 - filterBits;
        longer = new long[1 << 33 - Integer.numberOfLeadingZeros(Math.max(1, longCount))][];
        Arrays.fill(bytes, ABSENT);
        Arrays.fill(pairs, ABSENT);
        Arrays.fill(characters, ABSENT);
        int[] longerCounts = new int[longer.length];
        byte[] padded = new byte[32];
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            if (token != null && token.length > 0) {
                System.arraycopy(token, 0, padded, 0, Math.min(token.length, 16));
                insert(token, padded, id, longerCounts);
            }
        }
        sortLonger(longerCounts);
    }

    private void insert(byte[] token, byte[] padded, int id, int[] longerCounts) {
        if (token.length == 1) {
            requireNew(bytes[token[0] & 0xFF], id);
            bytes[token[0] & 0xFF] = id;
            return;
        }
        int first = (int) INTS.get(padded, 0);
        if (token.length == 2) {
            requireNew(pairs[first & 0xFFFF], id);
            pairs[first & 0xFFFF] = id;
            return;
        }
        if (token.length == 3 && Utf8.isThree(first)) {
            requireNew(characters[codePoint(first)], id);
            characters[codePoint(first)] = id;
            return;
        }
        int start = start(first);
        starts[start] |= 1L << Math.min(token.length, LONG_BIT);
        if (token.length >= 2 * START) {
            starts[start] |= second(padded, START);
        }
        int length = Math.min(token.length, SHORT);
        long head = head(padded, 0, length);
        int tail = tail(padded, 0, length);
        if (token.length > SHORT) {
            insertLonger(longSlot(hash(head, tail, LONG_BIT)), id, longerCounts);
            return;
        }
        long hash = hash(head, tail, length);
        int bit = (int) (filterHash(hash) >>> filterShift);
        filter[bit >> 6] |= 1L << bit;
        int slot = slot(hash);
        long key = key(tail, length);
        for (long entry; (entry = entries[slot + 1]) != 0; slot = slot + 2 & entries.length - 1) {
            if ((entry & KEY_BITS) == key && entries[slot] == head) {
                requireNew(id(entry), id);
            }
        }
        entries[slot] = head;
        entries[slot + 1] = key | (long) (id + 1) << 32;
    }

    private static void requireNew(int known, int id) {
        if (known != ABSENT) {
            throw new IllegalArgumentException(
                    "ids %d and %d are the same token".formatted(known, id));
        }
    }

    private static int id(long entry) {
        return (int) (entry >>> 32 & 0xFFFFFF) - 1;
    }

    private void insertLonger(int slot, int id, int[] counts) {
        long[] known = longer[slot] == null ? new long[1] : longer[slot];
        int count = counts[slot]++;
        if (count == MOST_ALIKE) {
            throw new IllegalArgumentException(
                    "over %d tokens begin alike, as id %d; such a vocabulary would take too long to search"
                            .formatted(MOST_ALIKE, id));
        }
        longer[slot] = count < known.length ? known : Arrays.copyOf(known, 2 * count);
        longer[slot][count] = (long) token(id).length << 32 | id;
    }

    /// Longest first; equal tokens then stand side by side.
    private void sortLonger(int[] counts) {
        Comparator<byte[]> longestFirst = Comparator.comparingInt(token -> -token.length);
        Comparator<byte[]> order = longestFirst.thenComparing(Arrays::compare);
        for (int slot = 0; slot < longer.length; slot++) {
            if (longer[slot] == null) {
                continue;
            }
            long[] sorted =
                    Arrays.stream(longer[slot], 0, counts[slot])
                            .boxed()
                            .sorted(Comparator.comparing(entry -> token(entry.intValue()), order))
                            .mapToLong(Long::longValue)
                            .toArray();
            for (int i = 1; i < sorted.length; i++) {
                int before = (int) sorted[i - 1];
                int id = (int) sorted[i];
                if (Arrays.equals(token(before), token(id))) {
                    requireNew(before, id);
                }
            }
            longer[slot] = sorted;
        }
    }

    /// The bytes of a token that is in the table.
    private byte[] token(int id) {
        return Objects.requireNonNull(tokens[id]);
    }

    /// The longest token at a place: its id in the low half, where it ends in the high half.
    ///
    /// @param text readable for 16 bytes after `end`
    /// @return [#NONE] if no token begins with the byte at `start`
    long longest(byte[] text, int start, int end) {
        int most = end - start;
        int first = (int) INTS.get(text, start);
        if (most >= START) {
            long entry = starts[start(first)];
            int worth = (int) entry & LENGTHS;
            if ((worth & TWO_STARTS) != 0 && (entry & second(text, start + START)) == 0) {
                worth &= ~TWO_STARTS;
            }
            if (most > SHORT && (worth & 1 << LONG_BIT) != 0) {
                long found = longestLonger(text, start, end);
                if (found != NONE) {
                    return found;
                }
            }
            worth &= (2 << Math.min(most, SHORT)) - 1;
            while (worth != 0) {
                int length = 31 - Integer.numberOfLeadingZeros(worth);
                int id = find(text, start, length);
                if (id >= 0) {
                    return (long) (start + length) << 32 | id;
                }
                worth ^= 1 << length;
            }
            if (Utf8.isThree(first)) {
                int id = characters[codePoint(first)];
                if (id >= 0) {
                    return (long) (start + 3) << 32 | id;
                }
            }
        }
        if (most >= 2) {
            int id = pairs[first & 0xFFFF];
            if (id >= 0) {
                return (long) (start + 2) << 32 | id;
            }
        }
        int id = bytes[first & 0xFF];
        return id < 0 ? NONE : (long) (start + 1) << 32 | id;
    }

    private long longestLonger(byte[] text, int start, int end) {
        long hash = hash(head(text, start, SHORT), tail(text, start, SHORT), LONG_BIT);
        long[] candidates = longer[longSlot(hash)];
        if (candidates != null) {
            for (long candidate : candidates) {
                int length = (int) (candidate >>> 32);
                int next = start + length;
                if (length <= end - start
                        && Arrays.equals(token((int) candidate), 0, length, text, start, next)) {
                    return (long) next << 32 | (int) candidate;
                }
            }
        }
        return NONE;
    }

    /// The token of exactly these bytes, 3 to 12 and more than a character of three; negative if
    /// there is none.
    private int find(byte[] text, int start, int length) {
        long head = head(text, start, length);
        int tail = tail(text, start, length);
        long hash = hash(head, tail, length);
        int bit = (int) (filterHash(hash) >>> filterShift);
        if ((filter[bit >> 6] >>> bit & 1) == 0) {
            return ABSENT;
        }
        int slot = slot(hash);
        long key = key(tail, length);
        while (true) {
            long entry = entries[slot + 1];
            if ((entry & KEY_BITS) == key && entries[slot] == head) {
                return id(entry);
            }
            if (entry == 0) {
                return ABSENT;
            }
            slot = slot + 2 & entries.length - 1;
        }
    }

    /// The token of this single byte; negative if there is none.
    int idOf(byte value) {
        return bytes[value & 0xFF];
    }

    /// The token of exactly these bytes, at least one; negative if there is none.
    ///
    /// @param text readable for 16 bytes after `end`
    int idOf(byte[] text, int start, int end) {
        int length = end - start;
        int first = (int) INTS.get(text, start);
        if (length == 1) {
            return bytes[first & 0xFF];
        }
        if (length == 2) {
            return pairs[first & 0xFFFF];
        }
        if (length == 3 && Utf8.isThree(first)) {
            return characters[codePoint(first)];
        }
        if (length <= SHORT) {
            return find(text, start, length);
        }
        long found = longestLonger(text, start, end);
        return found != NONE && found >>> 32 == end ? (int) found : ABSENT;
    }

    private static final long KEY_BITS = 0xFF000000FFFFFFFFL;

    private static long key(int tail, int length) {
        return tail & 0xFFFFFFFFL | (long) length << 56;
    }

    private static long head(byte[] text, int start, int length) {
        return (long) LONGS.get(text, start) & -1L >>> 64 - 8 * Math.min(length, 8);
    }

    private static int tail(byte[] text, int start, int length) {
        int mask = length <= 8 ? 0 : -1 >>> 32 - 8 * (length - 8);
        return (int) INTS.get(text, start + 8) & mask;
    }

    /// @param first four bytes of text
    private static int start(int first) {
        return Utf8.isThree(first)
                ? 1 << START_BITS | codePoint(first)
                : (first << 8) * 0x9E3779B1 >>> 32 - START_BITS;
    }

    /// Of three bytes that [Utf8#isThree]; no others share it.
    private static int codePoint(int bytes) {
        return (bytes & 0x0F) << 12 | (bytes >> 8 & 0x3F) << 6 | bytes >> 16 & 0x3F;
    }

    private static long second(byte[] text, int position) {
        int bytes = (int) INTS.get(text, position) << 8;
        return 1L << LONG_BIT + 1 + ((bytes * 0x9E3779B1L & 0xFFFFFFFFL) * SECOND_BITS >>> 32);
    }

    private static long hash(long head, int tail, int length) {
        return (head ^ (long) tail << 29 ^ length) * 0x9E3779B97F4A7C15L;
    }

    private static long filterHash(long hash) {
        return (hash ^ hash >>> 32) * 0xBF58476D1CE4E5B9L;
    }

    private int slot(long hash) {
        return (int) (hash >>> shift) << 1;
    }

    private int longSlot(long hash) {
        return (int) (hash >>> 40) & longer.length - 1;
    }
}
