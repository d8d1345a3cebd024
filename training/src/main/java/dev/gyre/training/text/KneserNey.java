package dev.gyre.training.text;

import java.util.List;

/// An interpolated modified Kneser–Ney n-gram model over token ids (Chen & Goodman 1998, section
/// 3): what counting alone reaches, to hold a neural model against.
///
/// Counts of an n-gram below the highest order are the number of different tokens before it, but
/// for n-grams that begin a document (Heafield et al. 2013). Each order has three discounts, for
/// counts of one, two, and more. Probabilities of a context sum to one over all tokens.
public final class KneserNey {
    private final int order;
    private final int vocabularySize;
    private final int bits;
    private final long start; // stands before a document's first token
    private final NgramCounts[] counts; // by order - 1: n-gram → adjusted count
    private final NgramCounts[][] contexts; // by order - 1: context → total, ones, twos, more
    private final double[][] discounts; // by order - 1: for counts 1, 2, 3 and more

    private KneserNey(int order, int vocabularySize) {
        this.order = order;
        this.vocabularySize = vocabularySize;
        this.bits = bits(vocabularySize);
        this.start = vocabularySize;
        this.counts = new NgramCounts[order];
        this.contexts = new NgramCounts[order][4];
        this.discounts = new double[order][];
    }

    private static int bits(int vocabularySize) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(vocabularySize);
    }

    /// Whether n-grams of this order fit the tables: order × bits of an id up to 62.
    public static boolean fits(int order, int vocabularySize) {
        return order * bits(vocabularySize) <= 62;
    }

    /// Counts and discounts a training text.
    ///
    /// @param documents the ids of each document, without the end of text
    /// @param endOfText counted after each document
    public static KneserNey train(
            Iterable<int[]> documents, int endOfText, int order, int vocabularySize) {
        if (!fits(order, vocabularySize)) {
            throw new IllegalArgumentException(
                    String.format(
                            "order %d over %d ids does not fit the tables; use a smaller order",
                            order, vocabularySize));
        }
        KneserNey model = new KneserNey(order, vocabularySize);
        NgramCounts[] raw = new NgramCounts[order];
        for (int length = 1; length <= order; length++) {
            raw[length - 1] = new NgramCounts();
        }
        for (int[] document : documents) {
            long history = model.emptyHistory();
            for (int position = 0; position <= document.length; position++) {
                int id = position < document.length ? document[position] : endOfText;
                for (int length = 1; length <= order; length++) {
                    raw[length - 1].add(model.key(history, id, length), 1);
                }
                history = model.push(history, id);
            }
        }
        for (int length = 1; length <= order; length++) {
            model.counts[length - 1] =
                    length == order
                            ? raw[length - 1]
                            : model.adjusted(raw[length - 1], raw[length], length);
            model.finish(length);
        }
        return model;
    }

    private long emptyHistory() {
        long history = 0;
        for (int index = 1; index < order; index++) {
            history = history << bits | start;
        }
        return history;
    }

    /// The last order − 1 tokens.
    private long push(long history, int id) {
        return (history << bits | id) & mask(order - 1);
    }

    private long mask(int length) {
        return (1L << length * bits) - 1;
    }

    /// The n-gram of the last length − 1 tokens and a next one.
    private long key(long history, int id, int length) {
        return (history & mask(length - 1)) << bits | id;
    }

    /// Numbers of different tokens before each n-gram, or its plain count where it begins a
    /// document: nothing but the start can stand before those.
    private NgramCounts adjusted(NgramCounts plain, NgramCounts longer, int length) {
        NgramCounts result = new NgramCounts();
        longer.forEach(
                (ngram, _) -> {
                    if (!beginsDocument(ngram & mask(length), length)) {
                        result.add(ngram & mask(length), 1);
                    }
                });
        plain.forEach(
                (ngram, count) -> {
                    if (beginsDocument(ngram, length)) {
                        result.add(ngram, count);
                    }
                });
        return result;
    }

    private boolean beginsDocument(long ngram, int length) {
        return ngram >>> (length - 1) * bits == start;
    }

    /// Discounts of one order and the totals of its contexts.
    private void finish(int length) {
        long[] ofCount = new long[5];
        NgramCounts[] context = new NgramCounts[4];
        for (int index = 0; index < context.length; index++) {
            context[index] = new NgramCounts();
        }
        counts[length - 1].forEach(
                (ngram, count) -> {
                    if (count < ofCount.length) {
                        ofCount[count]++;
                    }
                    context[0].add(ngram >>> bits, count);
                    context[Math.min(count, 3)].add(ngram >>> bits, 1);
                });
        contexts[length - 1] = context;
        double y = ofCount[1] / Math.max(1.0, ofCount[1] + 2.0 * ofCount[2]);
        double[] discount = new double[4];
        for (int count = 1; count <= 3; count++) {
            double next = ofCount[count + 1] / Math.max(1.0, ofCount[count]);
            discount[count] = Math.clamp(count - (count + 1) * y * next, 0, count);
        }
        discounts[length - 1] = discount;
    }

    /// Mean negative log-probability of a token, in nats, each document's end included.
    public double nats(List<int[]> documents, int endOfText) {
        double sum = 0;
        long tokens = 0;
        for (int[] document : documents) {
            long history = emptyHistory();
            for (int position = 0; position <= document.length; position++) {
                int id = position < document.length ? document[position] : endOfText;
                sum -= Math.log(probability(history, id));
                history = push(history, id);
                tokens++;
            }
        }
        return sum / tokens;
    }

    /// p(id | context), interpolated from no context up to the longest.
    private double probability(long history, int id) {
        double probability = 1.0 / vocabularySize;
        for (int length = 1; length <= order; length++) {
            NgramCounts[] context = contexts[length - 1];
            long contextKey = history & mask(length - 1);
            int total = context[0].get(contextKey);
            if (total == 0) {
                break;
            }
            double[] discount = discounts[length - 1];
            int count = counts[length - 1].get(key(history, id, length));
            double left =
                    discount[1] * context[1].get(contextKey)
                            + discount[2] * context[2].get(contextKey)
                            + discount[3] * context[3].get(contextKey);
            double own = Math.max(0, count - discount[Math.min(count, 3)]);
            probability = (own + left * probability) / total;
        }
        return probability;
    }

    /// p(id | the last tokens), for tests: the probabilities of a context sum to one.
    double probability(int[] context, int id) {
        long history = emptyHistory();
        for (int token : context) {
            history = push(history, token);
        }
        return probability(history, id);
    }
}
