package dev.gyre.training.text;

import dev.gyre.training.engine.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Documents as one stream of token ids, each closed by the end-of-text id, cut into windows.
///
/// Every epoch cuts at another offset and takes the windows in another order, both functions of
/// seed and epoch: a step number is all that a checkpoint needs. The order of the epoch that was
/// last asked for is kept, 4 bytes a window. Not thread-safe.
public final class TokenStream {
    /// Most windows of an epoch: at 4 bytes each, the orders of two epochs fit the worker's heap of
    /// 1 GB. With windows of 128 tokens that is a text of 8.6 billion.
    static final int MOST_WINDOWS = 1 << 26;

    private final TokenSource source;
    private @Nullable Order order;

    /// @param source documents, each with the end of text behind it
    public TokenStream(TokenSource source) {
        this.source = source;
    }

    /// A stream in memory, of fewer than 2^31 tokens.
    ///
    /// @param documents the ids of each document, without the end of text
    public static TokenStream of(List<int[]> documents, int endOfText) {
        long size = documents.stream().mapToLong(document -> document.length + 1).sum();
        int[] ids = new int[Math.toIntExact(size)];
        int at = 0;
        for (int[] document : documents) {
            System.arraycopy(document, 0, ids, at, document.length);
            at += document.length;
            ids[at++] = endOfText;
        }
        return new TokenStream(new InMemory(ids));
    }

    private record InMemory(int[] ids) implements TokenSource {
        @Override
        public long size() {
            return ids.length;
        }

        @Override
        public int[] tokens(long start, int count) {
            return Arrays.copyOfRange(ids, (int) start, (int) start + count);
        }
    }

    /// Number of tokens.
    public long size() {
        return source.size();
    }

    /// A copy of a part.
    int[] slice(long start, int count) {
        return source.tokens(start, count);
    }

    /// The windows of one step.
    ///
    /// @param step from 0
    /// @param batch windows per step
    /// @param time tokens per window
    /// @return [batch, time + 1]: the ids, and one more for the last target
    /// @throws IllegalArgumentException when the stream is too short for one batch, or has more
    ///   than 67,108,864 windows
    public Tensor batch(long step, int batch, int time, long seed) {
        int windows = checkedWindows(batch, time);
        long[] rows = new long[batch * (time + 1)];
        for (int row = 0; row < batch; row++) {
            long index = step * batch + row;
            Order ofEpoch = order(seed, index / windows, time, windows);
            long window = ofEpoch.windows[(int) (index % windows)];
            long start = ofEpoch.offset + window * time;
            int[] ids = source.tokens(start, time + 1);
            for (int column = 0; column <= time; column++) {
                rows[row * (time + 1) + column] = ids[column];
            }
        }
        return Torch.longs(rows, batch, time + 1);
    }

    private int checkedWindows(int batch, int time) {
        long windows = windows(time);
        if (windows < batch) {
            throw new IllegalArgumentException(
                    String.format(
                            "the text has %d tokens, a batch of %d sequences of %d needs %d; give"
                                    + " more text or lower batch_size or sequence_length",
                            size(), batch, time, (long) (batch + 1) * time + 1));
        }
        if (windows > MOST_WINDOWS) {
            throw new IllegalArgumentException(
                    String.format(
                            "the text has %d sequences of %d tokens, the limit is %d; raise"
                                    + " sequence_length or give less text",
                            windows, time, MOST_WINDOWS));
        }
        return (int) windows;
    }

    /// Whole windows of an epoch, at whatever offset.
    private long windows(int time) {
        return Math.max(0, (size() - time) / time);
    }

    /// Passes over the text done after a step.
    public double epoch(long stepsDone, int batch, int time) {
        return (double) stepsDone * batch / windows(time);
    }

    private Order order(long seed, long epoch, int time, int windows) {
        if (order == null || !order.isOf(seed, epoch, time)) {
            order = Order.of(seed, epoch, time, windows);
        }
        return order;
    }

    /// Where an epoch cuts, and the order of its windows.
    private record Order(long seed, long epoch, int time, int offset, int[] windows) {
        static Order of(long seed, long epoch, int time, int windows) {
            Random random = new Random(seed * 1_000_003 + epoch);
            return new Order(seed, epoch, time, random.nextInt(time), permutation(windows, random));
        }

        boolean isOf(long seed, long epoch, int time) {
            return this.seed == seed && this.epoch == epoch && this.time == time;
        }

        private static int[] permutation(int size, Random random) {
            int[] order = new int[size];
            for (int index = 0; index < size; index++) {
                int other = random.nextInt(index + 1);
                order[index] = order[other];
                order[other] = index;
            }
            return order;
        }
    }
}
