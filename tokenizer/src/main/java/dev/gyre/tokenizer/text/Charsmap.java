package dev.gyre.tokenizer.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;

/// SentencePiece's `precompiled_charsmap`: which sequences of characters become which others.
///
/// The file has the size of a double-array trie in bytes (32 bits, little-endian), the trie in
/// units of 32 bits as Darts-clone writes it, and the replacements, each ended by a zero byte; the
/// trie's values are places among these.
public final class Charsmap {
    /// Longest key that is looked for, in bytes, as in SentencePiece (`kMaxTrieResultsSize`).
    private static final int MOST_RESULTS = 32;

    private final byte[] file;
    private final int[] units;
    private final byte[] replacements;

    /// ASCII characters that stay as they are where another ASCII character follows.
    private final boolean[] plain = new boolean[128];

    private Charsmap(byte[] file, int[] units, byte[] replacements) {
        this.file = file;
        this.units = units;
        this.replacements = replacements;
        checkKeys();
    }

    /// Reads a map.
    ///
    /// @throws IllegalArgumentException if it is torn, or leads outside of itself
    public static Charsmap parse(byte[] file) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int trieBytes = file.length < 4 ? -1 : buffer.getInt();
        if (trieBytes < 4 || trieBytes % 4 != 0 || trieBytes > file.length - 4) {
            throw new IllegalArgumentException(
                    "the character map has %d bytes and says that %d of them are its trie"
                            .formatted(file.length, trieBytes));
        }
        int[] units = new int[trieBytes / 4];
        buffer.asIntBuffer().get(units);
        byte[] replacements = Arrays.copyOfRange(file, 4 + trieBytes, file.length);
        for (int i = 0, start = 0; i < replacements.length; i++) {
            if (replacements[i] == 0) {
                requireText(replacements, start, i);
                start = i + 1;
            }
        }
        if (replacements.length > 0 && replacements[replacements.length - 1] != 0) {
            throw new IllegalArgumentException(
                    "the character map's last replacement has no end; is the file torn?");
        }
        return new Charsmap(file.clone(), units, replacements);
    }

    /// The map as it stands in a file.
    public byte[] file() {
        return file.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Charsmap that && Arrays.equals(file, that.file);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(file);
    }

    @Override
    public String toString() {
        return "Charsmap[%d bytes]".formatted(file.length);
    }

    private static void requireText(byte[] bytes, int start, int end) {
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        if (!Arrays.equals(
                text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, start, end))) {
            throw new IllegalArgumentException(
                    "the character map's replacement at byte %d is no valid UTF-8"
                            .formatted(start));
        }
    }

    /// Goes through all keys: each must lead to the beginning of a character in the replacements.
    private void checkKeys() {
        Arrays.fill(plain, true);
        BitSet seen = new BitSet(units.length);
        int[] open = new int[units.length + 1];
        int count = 0;
        open[count++] = -1;
        while (count > 0) {
            int parent = open[--count];
            int children = parent < 0 ? offset(units[0]) : parent ^ offset(units[parent]);
            for (int label = 0; label < 256; label++) {
                int child = children ^ label;
                if (child >= units.length || (units[child] & 0x800000FF) != label) {
                    continue;
                }
                boolean ends = (units[child] >>> 8 & 1) == 1;
                if (ends) {
                    checkEnd(child);
                }
                if (parent < 0 && label < 128) {
                    plain[label] = !ends && !hasAsciiChild(child);
                }
                if (!seen.get(child)) {
                    seen.set(child);
                    open[count++] = child;
                }
            }
        }
    }

    private void checkEnd(int node) {
        int leaf = node ^ offset(units[node]);
        int place = leaf < units.length ? units[leaf] & 0x7FFFFFFF : Integer.MAX_VALUE;
        if (place >= replacements.length || (replacements[place] & 0xC0) == 0x80) {
            throw new IllegalArgumentException(
                    "unit %d of the character map leads to no replacement; is the file damaged?"
                            .formatted(node));
        }
    }

    private boolean hasAsciiChild(int node) {
        int children = node ^ offset(units[node]);
        for (int label = 0; label < 128; label++) {
            int child = children ^ label;
            if (child < units.length && (units[child] & 0x800000FF) == label) {
                return true;
            }
        }
        return false;
    }

    /// Whether an ASCII character stays as it is if another ASCII character follows.
    ///
    /// @param ascii from 0 to 127
    public boolean isPlain(int ascii) {
        return plain[ascii];
    }

    /// A key that was found: its length in bytes and the place of its replacement, as `length << 32
    /// | place`; -1 if there is none.
    ///
    /// @param longest whether the longest key is wanted, or the first, which is the shortest
    public long find(byte[] text, int start, int end, boolean longest) {
        long found = -1;
        int results = 0;
        int node = offset(units[0]);
        for (int i = start; i < end; i++) {
            int label = text[i] & 0xFF;
            node ^= label;
            if (node < 0 || node >= units.length || (units[node] & 0x800000FF) != label) {
                break;
            }
            int unit = units[node];
            node ^= offset(unit);
            if ((unit >>> 8 & 1) == 1) {
                if (node < 0 || node >= units.length) {
                    break;
                }
                found = (long) (i + 1 - start) << 32 | units[node] & 0x7FFFFFFF;
                if (!longest || ++results == MOST_RESULTS) {
                    break;
                }
            }
        }
        return found;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    /// First byte behind a replacement.
    public int replacementEnd(int place) {
        int end = Math.min(place, replacements.length);
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return end;
    }

    /// All replacements, each ended by a zero byte.
    public byte[] replacements() {
        return replacements;
    }

    /// The text with every grapheme of fewer than six bytes looked up as a whole, and what is not
    /// found, or is longer, character by character; of several keys that a stretch begins with the
    /// shortest counts. This is what Hugging Face's `Precompiled` does.
    public AlignedText applyByGrapheme(AlignedText text) {
        byte[] bytes = text.bytes();
        String source = text.toString();
        BreakIterator graphemes = BreakIterator.getCharacterInstance(Locale.ROOT);
        graphemes.setText(source);
        GraphemeWriter out = new GraphemeWriter(text);
        int at = 0;
        int start = graphemes.first();
        for (int end = graphemes.next(); end != BreakIterator.DONE; end = graphemes.next()) {
            int next = at + utf8Length(source, start, end);
            if (next - at >= 6 || !out.replaced(at, next)) {
                while (at < next) {
                    int size = Utf8.size(bytes[at]);
                    if (!out.replaced(at, at + size)) {
                        out.builder.copy(at, at + size);
                    }
                    at += size;
                }
            }
            at = next;
            start = end;
        }
        return out.changed ? out.builder.done() : text;
    }

    private static int utf8Length(String text, int start, int end) {
        int length = 0;
        for (int i = start; i < end; i++) {
            char unit = text.charAt(i);
            // a surrogate is half of four bytes
            length += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return length;
    }

    private final class GraphemeWriter {
        private final AlignedText text;
        private final AlignedText.Builder builder;
        private boolean changed;

        GraphemeWriter(AlignedText text) {
            this.text = text;
            builder = text.change();
        }

        /// Writes the replacement of a stretch, if there is one.
        boolean replaced(int start, int end) {
            long found = find(text.bytes(), start, end, false);
            if (found < 0) {
                return false;
            }
            changed = true;
            int placeEnd = replacementEnd((int) found);
            int origin = start;
            for (int at = (int) found; at < placeEnd; at += Utf8.size(replacements[at])) {
                builder.replace(Utf8.codePointAt(replacements, at), origin);
                int next = origin + Utf8.size(text.bytes()[origin]);
                origin = next < end ? next : origin;
            }
            return true;
        }
    }
}
