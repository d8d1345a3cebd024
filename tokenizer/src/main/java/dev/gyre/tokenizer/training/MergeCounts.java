package dev.gyre.tokenizer.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// How often each pair of neighbouring tokens occurs while merges are learned.
///
/// The heap is lazy: a count that has fallen is noticed when its entry comes up, and the entry goes
/// back with the count of now. A merge touches only the words that held the pair. A pair keeps the
/// count that it had when it was merged, to which others are added should it come up again: that
/// happens where two merges spell the same token, and Hugging Face's trainer counts so.
final class MergeCounts {
    /// Words below which one thread counts the first pairs.
    private static final int WORDS_FOR_THREADS = 1 << 14;

    private final Words words;
    private final int longestToken;
    private final PairCounts pairs;
    private final PairHeap heap = new PairHeap();
    private long[] touched = new long[64];
    private int touchedCount;
    private int round = 1;

    /// @param longestToken pairs that would make a token of this many characters or more are left
    ///   alone once one of the two is a merge itself
    MergeCounts(Words words, int longestToken, int threads) {
        this.words = words;
        this.longestToken = longestToken;
        pairs = firstPairs(words, words.size() < WORDS_FOR_THREADS ? 1 : threads);
        pairs.forEach(
                (key, count) -> {
                    if (count > 0) {
                        heap.push(count, key);
                    }
                });
    }

    private static PairCounts firstPairs(Words words, int threads) {
        if (threads == 1) {
            return firstPairs(words, 0, words.size());
        }
        List<Future<PairCounts>> parts = new ArrayList<>();
        try (ExecutorService pool = TrainingThreads.pool(threads)) {
            for (int part = 0; part < threads; part++) {
                int from = (int) ((long) words.size() * part / threads);
                int to = (int) ((long) words.size() * (part + 1) / threads);
                parts.add(pool.submit(() -> firstPairs(words, from, to)));
            }
            PairCounts all = parts.getFirst().get();
            for (Future<PairCounts> part : parts.subList(1, threads)) {
                all.addAll(part.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw TrainingThreads.unwrap(e);
        } catch (InterruptedException e) {
            throw TrainingThreads.interrupted();
        }
    }

    private static PairCounts firstPairs(Words words, int from, int to) {
        PairCounts pairs = new PairCounts();
        int[] tokens = words.tokens();
        for (int word = from; word < to; word++) {
            int last = words.start(word) + words.length(word) - 1;
            for (int at = words.start(word); at < last; at++) {
                pairs.add(PairCounts.key(tokens[at], tokens[at + 1]), words.count(word), word, 1);
            }
        }
        return pairs;
    }

    /// The most frequent pair, the one with the smaller ids of equals; -1 if none is left.
    long mostFrequent() {
        while (!heap.isEmpty()) {
            long key = heap.topKey();
            long count = pairs.count(key);
            if (count == heap.topCount()) {
                return key;
            }
            if (count > 0) {
                heap.replaceTop(count);
            } else {
                heap.pop();
            }
        }
        return -1;
    }

    long count(long pair) {
        return pairs.count(pair);
    }

    /// Leaves the most frequent pair alone.
    void skip() {
        heap.pop();
    }

    /// Puts a token in place of the most frequent pair, from left to right in every word that has
    /// it.
    ///
    /// @return `false` if no word has it any more
    boolean merge(int merged) {
        long pair = heap.topKey();
        heap.pop();
        int[] list = pairs.takeWords(pair);
        if (list.length == 0) {
            return false;
        }
        round++;
        touchedCount = 0;
        for (int word : list) {
            mergeIn(word, PairCounts.left(pair), PairCounts.right(pair), merged);
        }
        for (int i = 0; i < touchedCount; i++) {
            long count = pairs.count(touched[i]);
            if (count > 0) {
                heap.push(count, touched[i]);
            }
        }
        return true;
    }

    private void mergeIn(int word, int left, int right, int merged) {
        int[] tokens = words.tokens();
        int[] widths = words.widths();
        int start = words.start(word);
        int end = start + words.length(word);
        long count = words.count(word);
        int write = start;
        int read = start;
        while (read < end) {
            boolean matches = read + 1 < end && tokens[read] == left && tokens[read + 1] == right;
            if (!matches) {
                if (widths != null) {
                    widths[write] = widths[read];
                }
                tokens[write++] = tokens[read++];
                continue;
            }
            int width = widths == null ? 0 : widths[read] + widths[read + 1];
            if (write > start) {
                int before = tokens[write - 1];
                pairs.add(PairCounts.key(before, left), -count);
                if (widths == null || widths[write - 1] + width < longestToken) {
                    addNew(PairCounts.key(before, merged), count, word);
                }
            }
            if (read + 2 < end) {
                int after = tokens[read + 2];
                pairs.add(PairCounts.key(right, after), -count);
                if (widths == null || widths[read + 2] + width < longestToken) {
                    addNew(PairCounts.key(merged, after), count, word);
                }
            }
            if (widths != null) {
                widths[write] = width;
            }
            tokens[write++] = merged;
            read += 2;
        }
        words.shorten(word, write - start);
    }

    private void addNew(long key, long count, int word) {
        if (pairs.add(key, count, word, round)) {
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, touchedCount * 2);
            }
            touched[touchedCount++] = key;
        }
    }
}
