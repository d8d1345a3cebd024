package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.PieceTable;
import dev.gyre.tokenizer.text.Utf8;
import java.util.Arrays;

/// All ways in which words consist of tokens. They are found once for the largest vocabulary; later
/// ones are subsets, so that tokens only have to be struck out.
///
/// Scores are added in 32 bits and in SentencePiece's order.
final class WordLattices {
    /// Id of a character without a token: SentencePiece's trainer counts it as the first token.
    private static final int UNKNOWN_ID = 0;

    private static final float UNKNOWN_PENALTY = 10;

    /// Characters before each word, all words one after another.
    private final int[] firsts;

    private final float[] counts;

    /// Tokens that begin at a character: those from `ends[character - 1]` to `ends[character]`, by
    /// rising length.
    private final int[] ends;

    private int[] ids;
    private byte[] lengths;
    private int longestWord;

    /// @param order the words in the order in which they are gone through
    WordLattices(PieceCounts words, int[] order, PieceTable tokens, int longestToken) {
        firsts = new int[order.length + 1];
        counts = new float[order.length];
        for (int i = 0; i < order.length; i++) {
            int word = order[i];
            int characters = Utf8.count(words.bytes(), words.start(word), words.end(word));
            firsts[i + 1] = Math.addExact(firsts[i], characters);
            counts[i] = words.count(word);
            longestWord = Math.max(longestWord, characters);
        }
        ends = new int[firsts[order.length]];
        ids = new int[Math.max(16, ends.length * 3)];
        lengths = new byte[ids.length];
        int size = 0;
        int position = 0;
        byte[] text = words.bytes();
        for (int word : order) {
            int end = words.end(word);
            for (int at = words.start(word); at < end; at += Utf8.size(text[at])) {
                int tokenEnd = at;
                for (int length = 1; length <= longestToken && tokenEnd < end; length++) {
                    tokenEnd += Utf8.size(text[tokenEnd]);
                    int id = tokens.get(text, at, tokenEnd);
                    if (id >= 0) {
                        if (size == ids.length) {
                            ids = Arrays.copyOf(ids, Math.addExact(size, size / 2));
                            lengths = Arrays.copyOf(lengths, ids.length);
                        }
                        ids[size] = id;
                        lengths[size++] = (byte) length;
                    }
                }
                ends[position++] = size;
            }
        }
    }

    int size() {
        return counts.length;
    }

    /// Gives tokens other ids.
    ///
    /// @param newIds by old id; -1 for tokens that are struck out
    void renumber(int[] newIds) {
        int write = 0;
        int read = 0;
        for (int character = 0; character < ends.length; character++) {
            for (; read < ends[character]; read++) {
                int id = newIds[ids[read]];
                if (id >= 0) {
                    ids[write] = id;
                    lengths[write++] = lengths[read];
                }
            }
            ends[character] = write;
        }
    }

    private int begin(int character) {
        return character == 0 ? 0 : ends[character - 1];
    }

    /// Walks through words with scratch memory of its own; for one thread.
    final class Walk {
        private final float[] scores;
        private final float unknownScore;
        private final float[] before = new float[longestWord + 1];
        private final float[] behind = new float[longestWord + 1];
        private final int[] bestLengths = new int[longestWord + 1];
        private final int[] bestIds = new int[longestWord + 1];

        /// @param scores log-probabilities by id
        Walk(float[] scores, float leastScore) {
            this.scores = scores;
            unknownScore = leastScore - UNKNOWN_PENALTY;
        }

        /// Adds how often each token is expected in a word and all that equal it.
        void addExpected(int word, float[] expected) {
            int first = firsts[word];
            int size = firsts[word + 1] - first;
            forward(first, size);
            backward(first, size);
            float all = before[size];
            float count = counts[word];
            for (int at = 0; at < size; at++) {
                boolean known = false;
                for (int i = begin(first + at); i < ends[first + at]; i++) {
                    int id = ids[i];
                    known |= lengths[i] == 1;
                    float path = before[at] + scores[id] + behind[at + lengths[i]] - all;
                    expected[id] = (float) (expected[id] + count * Math.exp(path));
                }
                if (!known) {
                    float path = before[at] + unknownScore + behind[at + 1] - all;
                    expected[UNKNOWN_ID] = (float) (expected[UNKNOWN_ID] + count * Math.exp(path));
                }
            }
        }

        private void forward(int first, int size) {
            Arrays.fill(before, 0, size + 1, Float.NaN);
            before[0] = 0;
            for (int at = 0; at < size; at++) {
                boolean known = false;
                for (int i = begin(first + at); i < ends[first + at]; i++) {
                    known |= lengths[i] == 1;
                    int to = at + lengths[i];
                    before[to] = logSum(before[to], scores[ids[i]] + before[at]);
                }
                if (!known) {
                    before[at + 1] = logSum(before[at + 1], unknownScore + before[at]);
                }
            }
        }

        private void backward(int first, int size) {
            behind[size] = 0;
            for (int at = size - 1; at >= 0; at--) {
                float sum = Float.NaN;
                boolean known = false;
                for (int i = begin(first + at); i < ends[first + at]; i++) {
                    known |= lengths[i] == 1;
                    sum = logSum(sum, scores[ids[i]] + behind[at + lengths[i]]);
                }
                behind[at] = known ? sum : logSum(sum, unknownScore + behind[at + 1]);
            }
        }

        /// Adds the word's count to the tokens of its best way.
        void addBest(int word, float[] frequencies) {
            int first = firsts[word];
            int size = firsts[word + 1] - first;
            best(first, size, -1);
            for (int at = size; at > 0; at -= bestLengths[at]) {
                frequencies[bestIds[at]] += counts[word];
            }
        }

        /// The tokens of the best way in which a word consists of others than itself, and its
        /// score.
        Alternative bestWithout(int word, int itself) {
            int first = firsts[word];
            int size = firsts[word + 1] - first;
            best(first, size, itself);
            if (bestLengths[size] == 0) {
                return new Alternative(Float.NEGATIVE_INFINITY, new int[0]);
            }
            int[] path = new int[size];
            int length = 0;
            for (int at = size; at > 0; at -= bestLengths[at]) {
                path[length++] = bestIds[at];
            }
            int[] tokens = new int[length];
            for (int i = 0; i < length; i++) {
                tokens[i] = path[length - 1 - i];
            }
            return new Alternative(before[size], tokens);
        }

        private void best(int first, int size, int without) {
            Arrays.fill(bestLengths, 0, size + 1, 0);
            before[0] = 0;
            for (int at = 0; at < size; at++) {
                boolean known = false;
                for (int i = begin(first + at); i < ends[first + at]; i++) {
                    known |= lengths[i] == 1;
                    if (ids[i] != without) {
                        offer(at, lengths[i], ids[i], before[at] + scores[ids[i]]);
                    }
                }
                if (!known) {
                    offer(at, 1, UNKNOWN_ID, before[at] + unknownScore);
                }
            }
        }

        private void offer(int at, int length, int id, float score) {
            int to = at + length;
            if (bestLengths[to] == 0 || score > before[to]) {
                before[to] = score;
                bestLengths[to] = length;
                bestIds[to] = id;
            }
        }

        /// log(exp x + exp y); y where x is nothing yet.
        private static float logSum(float x, float y) {
            if (Float.isNaN(x)) {
                return y;
            }
            float least = Math.min(x, y);
            float most = Math.max(x, y);
            return most > least + 50
                    ? most
                    : (float) (most + Math.log1p(Math.exp((double) (least - most))));
        }
    }

    /// A way to write a word.
    record Alternative(float score, int[] tokens) {
        boolean exists() {
            return tokens.length > 0;
        }
    }
}
