package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The substrings that a Unigram vocabulary begins with, as SentencePiece 0.2.3 finds them: those
/// of words that occur at least twice and branch, that is, are followed by different bytes. The
/// score is frequency times length.
///
/// SentencePiece sorts the suffixes of the whole text. Tokens never cross the beginning of a word,
/// and whether a substring of a word branches is seen from the word and the byte behind it, so that
/// the suffixes of different words with their counts give the same, in a fraction of the memory.
final class SeedPieces {
    /// Ends a word in the sorted bytes; no UTF-8 has it.
    private static final byte WORD_END = (byte) 0xFF;

    private final PieceCounts words;
    private final PieceShape shape;
    private final byte[] text;
    private final int[] suffixes;
    private final long[] occurrences;
    private final int mostBytes;

    /// A substring and its score.
    record Seed(String text, float score) {}

    /// @param words with what follows them
    SeedPieces(PieceCounts words, PieceShape shape) {
        this.words = words;
        this.shape = shape;
        // One character more than a token may have: where it branches after that does not matter.
        mostBytes = 4 * (shape.longest() + 1);
        text = new byte[words.byteCount() + words.size() + 8];
        int[] starts = new int[words.byteCount()];
        int[] owners = new int[words.byteCount()];
        int length = 0;
        int count = 0;
        for (int word = 0; word < words.size(); word++) {
            int size = words.length(word);
            System.arraycopy(words.bytes(), words.start(word), text, length, size);
            int wordSize = wordLength(text, length, size);
            for (int at = length; at < length + wordSize; at++) {
                if ((text[at] & 0xC0) != 0x80) {
                    owners[count] = word;
                    starts[count++] = at;
                }
            }
            length += size;
            text[length++] = WORD_END;
        }
        suffixes = Arrays.copyOf(starts, count);
        int[] ownerOf = new int[length];
        for (int i = 0; i < count; i++) {
            ownerOf[starts[i]] = owners[i];
        }
        sort(0, count, 0);
        occurrences = new long[count + 1];
        for (int i = 0; i < count; i++) {
            occurrences[i + 1] = occurrences[i] + words.count(ownerOf[suffixes[i]]);
        }
    }

    /// Bytes of a word without what follows it.
    static int wordLength(byte[] text, int start, int length) {
        return text[start + length - 2] == UnigramCutter.END ? length - 2 : length - 3;
    }

    /// Multikey quicksort (Bentley and Sedgewick 1997).
    private void sort(int from, int to, int depth) {
        int low = from;
        int high = to;
        int at = depth;
        while (high - low > 1 && at < mostBytes) {
            int pivot = at(suffixes[low + (high - low >>> 1)], at);
            int less = low;
            int greater = high;
            for (int i = low; i < greater; ) {
                int value = at(suffixes[i], at);
                if (value < pivot) {
                    swap(less++, i++);
                } else if (value > pivot) {
                    swap(i, --greater);
                } else {
                    i++;
                }
            }
            sort(low, less, at);
            sort(greater, high, at);
            if (pivot == (WORD_END & 0xFF)) {
                return;
            }
            low = less;
            high = greater;
            at++;
        }
    }

    private void swap(int left, int right) {
        int kept = suffixes[left];
        suffixes[left] = suffixes[right];
        suffixes[right] = kept;
    }

    private int at(int suffix, int depth) {
        return text[suffix + depth] & 0xFF;
    }

    private int commonPrefix(int left, int right) {
        int length = 0;
        while (length < mostBytes
                && text[left + length] == text[right + length]
                && text[left + length] != WORD_END) {
            length++;
        }
        return length;
    }

    /// The substrings with the highest scores, the highest first.
    ///
    /// @param last the last word of the whole text: nothing follows it, so that its ends branch
    ///   from all others where a text ends, and count a second time
    List<Seed> best(int most, byte[] last) {
        PieceCounts found = new PieceCounts(PieceCounts.NO_CAP);
        int[] lefts = new int[mostBytes + 2];
        int[] depths = new int[mostBytes + 2];
        int top = 0;
        for (int i = 1; i <= suffixes.length; i++) {
            int common = i < suffixes.length ? commonPrefix(suffixes[i - 1], suffixes[i]) : 0;
            int left = i - 1;
            while (common < depths[top]) {
                left = lefts[top];
                add(left, i, depths[top], found);
                top--;
            }
            if (common > depths[top]) {
                top++;
                lefts[top] = left;
                depths[top] = common;
            }
        }
        addEnds(last, found);
        return sorted(found, most);
    }

    private void addEnds(byte[] last, PieceCounts found) {
        byte[] padded = Arrays.copyOf(last, last.length + PieceCounts.PADDING);
        for (int from = 0; from < last.length; from += Utf8.size(last[from])) {
            long count = 0;
            for (int word = 0; word < words.size(); word++) {
                int start = words.start(word);
                int end = start + wordLength(words.bytes(), start, words.length(word));
                int begin = end - (last.length - from);
                if (begin >= start
                        && words.bytes()[end] == UnigramCutter.END
                        && Arrays.equals(words.bytes(), begin, end, last, from, last.length)) {
                    count += words.count(word);
                }
            }
            if (count > 1 && shape.isToken(padded, from, last.length)) {
                found.add(padded, from, last.length, count);
            }
        }
    }

    private void add(int left, int right, int depth, PieceCounts found) {
        long count = occurrences[right] - occurrences[left];
        int start = suffixes[left];
        int length = depth;
        if (count < 2 || (text[start + depth] & 0xC0) == 0x80) {
            return;
        }
        while (length > 0 && text[start + length - 1] == UnigramCutter.END) {
            length--;
        }
        if (shape.isToken(text, start, start + length)) {
            found.add(text, start, start + length, count);
        }
    }

    private static List<Seed> sorted(PieceCounts found, int most) {
        float[] scores = new float[found.size()];
        Integer[] order = new Integer[found.size()];
        for (int piece = 0; piece < order.length; piece++) {
            order[piece] = piece;
            int characters = Utf8.count(found.bytes(), found.start(piece), found.end(piece));
            scores[piece] = (float) found.count(piece) * characters;
        }
        Comparator<Integer> byBytes =
                (left, right) ->
                        Arrays.compareUnsigned(
                                found.bytes(),
                                found.start(left),
                                found.end(left),
                                found.bytes(),
                                found.start(right),
                                found.end(right));
        Arrays.sort(
                order,
                Comparator.<Integer>comparingDouble(piece -> -scores[piece])
                        .thenComparingInt(piece -> -found.length(piece))
                        .thenComparing(byBytes));
        List<Seed> seeds = new ArrayList<>();
        for (int i = 0; i < Math.min(most, order.length); i++) {
            int piece = order[i];
            seeds.add(
                    new Seed(
                            new String(
                                    found.bytes(),
                                    found.start(piece),
                                    found.length(piece),
                                    StandardCharsets.UTF_8),
                            scores[piece]));
        }
        return seeds;
    }
}
