package dev.gyre.tokenizer.bpe;

import dev.gyre.tokenizer.text.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The tokens of a byte-level vocabulary by their bytes: finds the longest that begins at a place.
///
/// Memory is what a search waits for, so it reads little of it, and what belongs to one script lies
/// together: tokens stand in order of their first three bytes, which is by code point where these
/// are one character, as most of China, Japan and Korea. A token's *place* in that order is what a
/// search gives; whoever keeps something for each token keeps it by place. Tokens of one or two
/// bytes, and those that are one character of three, are found by their bytes alone. For the others
/// the first three bytes and the three that follow tell which lengths are worth a try in the small
/// table of all tokens that begin so, in which one of up to 12 bytes is 16 bytes: the token, its
/// length and its place. Longer ones hang on their first 12 bytes. Filled once, then read by any
/// number of threads.
final class TokenTable {
    /// What [#longest] gives where no token begins.
    static final long NONE = -1;

    private static final int ABSENT = -1;
    private static final int SHORT = 12;
    private static final int LONG_BIT = SHORT + 1;

    /// Bytes that choose an entry of [#starts].
    private static final int START = 3;

    private static final int START_BITS = 16;
    private static final int CHARACTER = (1 << START_BITS) - 1;

    // An entry of `starts`, from the lowest bit: a bit for each length from 3 to 12, and LONG_BIT
    // for what is longer; the logarithm of its table's slots; the first of these; one of
    // SECOND_BITS bits for the three bytes that follow in each token that has them.
    private static final int SIZE_SHIFT = LONG_BIT + 1;
    private static final int SIZE_MASK = 31;
    private static final int SLOT_SHIFT = SIZE_SHIFT + 5;
    private static final int SLOT_BITS = 23;
    private static final int SECOND_SHIFT = SLOT_SHIFT + SLOT_BITS;
    private static final int SECOND_BITS = 64 - SECOND_SHIFT;

    private static final int LENGTHS = (2 << LONG_BIT) - 1;

    /// The lengths over two starts; what follows the first counts for them.
    private static final int TWO_STARTS = -1 << 2 * START;

    /// Longer tokens that may begin with the same 12 bytes: each is a step of every search there.
    /// Real vocabularies have a hundred, of blanks.
    private static final int MOST_ALIKE = 8192;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] @Nullable [] tokens;

    /// Ids by place: tokens of one byte, of two, then all others by their start.
    private final int[] ids;

    /// Place of each token of one byte.
    private final int[] bytes = new int[256];

    /// Place of each token of two bytes, by these.
    private final int[] pairs = new int[1 << 16];

    /// Place of each token that is one character of three bytes, by its start.
    private final int[] characters = new int[1 << START_BITS];

    /// For the hash of three bytes, or behind these for a character of three bytes.
    private final long[] starts = new long[2 << START_BITS];

    /// Two longs a slot: bytes 0 to 7; bytes 8 to 11, then place plus one, then length.
    private final long[] slots;

    /// Tokens of more than 12 bytes that begin with the same 12, the longest first: `length << 32 |
    /// place`, so that those that are too long need not be looked at. A slot with these 12 bytes
    /// and the length [#LONG_BIT] has the index in place of a place.
    private final long[][] longer;

    /// @param tokens bytes of each token by id; `null` for ids to leave out
    /// @throws IllegalArgumentException if two tokens are the same, or too many begin with the same
    ///   12 bytes
    TokenTable(byte[] @Nullable [] tokens) {
        this.tokens = tokens;
        int count = 0;
        int few = 0;
        int[] places = new int[starts.length];
        for (byte[] token : tokens) {
            if (token != null && token.length > 0) {
                count++;
                if (token.length < START) {
                    few++;
                } else {
                    places[start(first(token))]++;
                }
            }
        }
        ids = new int[count];
        slots = new long[2 * layOut(places, few)];
        Arrays.fill(bytes, ABSENT);
        Arrays.fill(pairs, ABSENT);
        Arrays.fill(characters, ABSENT);
        List<List<Integer>> alike = new ArrayList<>();
        int next = 0;
        for (int id = 0; id < tokens.length; id++) {
            byte[] token = tokens[id];
            if (token == null || token.length == 0) {
                continue;
            }
            if (token.length < START) {
                ids[next] = id;
                insertFew(token, next++);
            } else {
                int start = start(first(token));
                int place = places[start]++;
                ids[place] = id;
                insert(token, start, place, alike);
            }
        }
        longer = new long[alike.size()][];
        for (int i = 0; i < longer.length; i++) {
            longer[i] = longestFirst(alike.get(i));
        }
    }

    /// Gives each start its places and a table.
    ///
    /// @param places number of tokens of each start; becomes the place of its first
    /// @param first the first place
    /// @return number of slots
    private int layOut(int[] places, int first) {
        int place = first;
        int slot = 0;
        for (int start = 0; start < places.length; start++) {
            int count = places[start];
            if (count > 0) {
                slot += layOut(start, count, slot);
                places[start] = place;
                place += count;
            }
        }
        if (slot >>> SLOT_BITS != 0) {
            throw new IllegalArgumentException(
                    "vocabulary of %d tokens is too large".formatted(place));
        }
        return slot;
    }

    /// @return number of slots
    private int layOut(int start, int tokens, int slot) {
        int sizeBits = 32 - Integer.numberOfLeadingZeros(2 * tokens - 1);
        starts[start] = (long) slot << SLOT_SHIFT | (long) sizeBits << SIZE_SHIFT;
        return 1 << sizeBits;
    }

    private void insertFew(byte[] token, int place) {
        int[] places = token.length == 1 ? bytes : pairs;
        int index = token[0] & 0xFF | (token.length == 1 ? 0 : (token[1] & 0xFF) << 8);
        requireNew(places[index], place);
        places[index] = place;
    }

    private void insert(byte[] token, int start, int place, List<List<Integer>> alike) {
        if (token.length == START && start >>> START_BITS != 0) {
            requireNew(characters[start & CHARACTER], place);
            characters[start & CHARACTER] = place;
            return;
        }
        long head = headOf(token, 0);
        int tail = tailOf(token, 0);
        int length = Math.min(token.length, LONG_BIT);
        starts[start] |= 1L << length;
        if (length >= 2 * START) {
            starts[start] |= second(head);
        }
        int known = find(starts[start], head, tail, length);
        if (length < LONG_BIT) {
            requireNew(known, place);
            put(starts[start], head, tail, length, place);
            return;
        }
        if (known == ABSENT) {
            known = alike.size();
            alike.add(new ArrayList<>(1));
            put(starts[start], head, tail, length, known);
        }
        List<Integer> others = alike.get(known);
        if (others.size() == MOST_ALIKE) {
            throw new IllegalArgumentException(
                    "over %d tokens begin alike, as id %d; such a vocabulary would take too long to search"
                            .formatted(MOST_ALIKE, ids[place]));
        }
        others.add(place);
    }

    private void put(long entry, long head, int tail, int length, int value) {
        long ownHead = first(head, length);
        int ownTail = first(tail, length);
        int first = firstSlot(entry);
        int mask = slotMask(entry);
        int slot = slot(hash(ownHead, ownTail, length)) & mask;
        while (slots[first + slot + 1] != 0) {
            slot = slot + 2 & mask;
        }
        slots[first + slot] = ownHead;
        slots[first + slot + 1] = key(ownTail, length) | (long) (value + 1) << 32;
    }

    private void requireNew(int known, int place) {
        if (known != ABSENT) {
            throw new IllegalArgumentException(
                    "ids %d and %d are the same token".formatted(ids[known], ids[place]));
        }
    }

    private long[] longestFirst(List<Integer> places) {
        if (places.size() > 1) {
            sortLongestFirst(places);
        }
        long[] lengths = new long[places.size()];
        for (int i = 0; i < lengths.length; i++) {
            int place = places.get(i);
            lengths[i] = (long) token(place).length << 32 | place;
        }
        return lengths;
    }

    private void sortLongestFirst(List<Integer> places) {
        // no lambdas: the first ones of a process take longer than the rest of a table
        places.sort(
                new Comparator<>() {
                    @Override
                    public int compare(Integer one, Integer other) {
                        byte[] first = token(one);
                        byte[] second = token(other);
                        return first.length == second.length
                                ? Arrays.compare(first, second)
                                : second.length - first.length;
                    }
                });
        for (int i = 1; i < places.size(); i++) {
            if (Arrays.equals(token(places.get(i - 1)), token(places.get(i)))) {
                requireNew(places.get(i - 1), places.get(i));
            }
        }
    }

    /// Number of tokens, and of places.
    int size() {
        return ids.length;
    }

    /// The id of the token at a place.
    int id(int place) {
        return ids[place];
    }

    /// Bytes of the token at a place; not to be changed.
    byte[] token(int place) {
        return Objects.requireNonNull(tokens[ids[place]]);
    }

    /// The longest token that begins somewhere: its place in the low half, where it ends in the
    /// high half.
    ///
    /// @param text readable for 16 bytes after `end`
    /// @return [#NONE] if no token begins with the byte at `start`
    long longest(byte[] text, int start, int end) {
        long head = (long) LONGS.get(text, start);
        int tail = (int) INTS.get(text, start + Long.BYTES);
        return longest(head, tail, text, start, end);
    }

    /// The longest token that a token begins with; see [#longest(byte\[\], int, int)].
    ///
    /// @param most bytes that it may have
    long longestOf(byte[] token, int most) {
        return longest(headOf(token, 0), tailOf(token, 0), token, 0, most);
    }

    private long longest(long head, int tail, byte[] text, int start, int end) {
        int most = end - start;
        int first = (int) head;
        if (most >= START) {
            int ofStart = start(first);
            long entry = starts[ofStart];
            int worth = (int) entry & LENGTHS;
            if ((worth & TWO_STARTS) != 0 && (entry & second(head)) == 0) {
                worth &= ~TWO_STARTS;
            }
            if (most > SHORT && (worth & 1 << LONG_BIT) != 0) {
                long found = longestLonger(entry, head, tail, text, start, end);
                if (found != NONE) {
                    return found;
                }
            }
            worth &= (2 << Math.min(most, SHORT)) - 1;
            while (worth != 0) {
                int length = 31 - Integer.numberOfLeadingZeros(worth);
                int place = find(entry, head, tail, length);
                if (place >= 0) {
                    return (long) (start + length) << 32 | place;
                }
                worth ^= 1 << length;
            }
            if (ofStart >>> START_BITS != 0) {
                int place = characters[ofStart & CHARACTER];
                if (place >= 0) {
                    return (long) (start + START) << 32 | place;
                }
            }
        }
        if (most >= 2) {
            int place = pairs[first & 0xFFFF];
            if (place >= 0) {
                return (long) (start + 2) << 32 | place;
            }
        }
        int place = bytes[first & 0xFF];
        return place < 0 ? NONE : (long) (start + 1) << 32 | place;
    }

    private long longestLonger(long entry, long head, int tail, byte[] text, int start, int end) {
        int alike = find(entry, head, tail, LONG_BIT);
        if (alike != ABSENT) {
            for (long candidate : longer[alike]) {
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

    /// The token of the first so many bytes, 3 to 12; negative if there is none.
    ///
    /// @param entry of [#starts], with a bit for this length
    /// @param head eight bytes of text
    /// @param tail the four that follow
    /// @param length [#LONG_BIT] for the index of the tokens that begin with 12 bytes
    private int find(long entry, long head, int tail, int length) {
        long ownHead = first(head, length);
        int ownTail = first(tail, length);
        long key = key(ownTail, length);
        int first = firstSlot(entry);
        int mask = slotMask(entry);
        int slot = slot(hash(ownHead, ownTail, length)) & mask;
        while (true) {
            long found = slots[first + slot + 1];
            if ((found & KEY_BITS) == key && slots[first + slot] == ownHead) {
                return (int) (found >>> 32 & 0xFFFFFF) - 1;
            }
            if (found == 0) {
                return ABSENT;
            }
            slot = slot + 2 & mask;
        }
    }

    /// The place of the token of this single byte; negative if there is none.
    int placeOf(byte value) {
        return bytes[value & 0xFF];
    }

    /// The place of the token that the bytes from a place on are, at least one; negative if there
    /// is none.
    int placeOf(byte[] token, int start) {
        int length = token.length - start;
        long head = headOf(token, start);
        int first = (int) head;
        if (length == 1) {
            return bytes[first];
        }
        if (length == 2) {
            return pairs[first];
        }
        int ofStart = start(first);
        if (length == START && ofStart >>> START_BITS != 0) {
            return characters[ofStart & CHARACTER];
        }
        long entry = starts[ofStart];
        if ((entry >>> Math.min(length, LONG_BIT) & 1) == 0) {
            return ABSENT;
        }
        int tail = tailOf(token, start);
        if (length <= SHORT) {
            return find(entry, head, tail, length);
        }
        long found = longestLonger(entry, head, tail, token, start, token.length);
        return found != NONE && found >>> 32 == token.length ? (int) found : ABSENT;
    }

    private static final long KEY_BITS = 0xFF000000FFFFFFFFL;

    private static long key(int tail, int length) {
        return tail & 0xFFFFFFFFL | (long) length << 56;
    }

    /// Eight bytes of a token, zeros behind its end.
    ///
    /// Without a handle, which is slow until the second compiler has seen it: tables are mostly
    /// made before that.
    private static long headOf(byte[] token, int start) {
        return packed(token, start, Math.min(token.length, start + Long.BYTES));
    }

    /// The four bytes that follow.
    private static int tailOf(byte[] token, int start) {
        return (int) packed(token, start + Long.BYTES, Math.min(token.length, start + SHORT));
    }

    private static long packed(byte[] token, int start, int end) {
        long bytes = 0;
        for (int i = end - 1; i >= start; i--) {
            bytes = bytes << 8 | token[i] & 0xFF;
        }
        return bytes;
    }

    private static long first(long head, int length) {
        return head & -1L >>> 64 - 8 * Math.min(length, 8);
    }

    private static int first(int tail, int length) {
        int mask = length <= 8 ? 0 : -1 >>> 32 - 8 * (Math.min(length, SHORT) - 8);
        return tail & mask;
    }

    private static int first(byte[] token) {
        return token[0] & 0xFF | (token[1] & 0xFF) << 8 | (token[2] & 0xFF) << 16;
    }

    /// @param first four bytes of text, of which the last does not count
    private static int start(int first) {
        if (Utf8.isThree(first)) {
            return 1 << START_BITS | Utf8.three(first);
        }
        return (first << 8) * 0x9E3779B1 >>> 32 - START_BITS;
    }

    /// The bit for bytes 3 to 5.
    private static long second(long head) {
        int bytes = (int) (head >>> 8 * START) << 8;
        return 1L << SECOND_SHIFT + ((bytes * 0x9E3779B1L & 0xFFFFFFFFL) * SECOND_BITS >>> 32);
    }

    private static long hash(long head, int tail, int length) {
        return (head ^ (long) tail << 29 ^ length) * 0x9E3779B97F4A7C15L;
    }

    /// Twice the slot, of more bits than the largest table has.
    private static int slot(long hash) {
        return (int) (hash >>> 64 - SLOT_BITS - 1) & -2;
    }

    private static int firstSlot(long entry) {
        return (int) (entry >>> SLOT_SHIFT - 1) & (2 << SLOT_BITS) - 2;
    }

    private static int slotMask(long entry) {
        return (2 << (int) (entry >>> SIZE_SHIFT & SIZE_MASK)) - 1;
    }
}
