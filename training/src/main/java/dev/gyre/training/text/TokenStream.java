package dev.gyre.training.text;

import dev.gyre.training.engine.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/// Documents as one stream of token ids, each closed by the end-of-text id, cut into windows.
///
/// Every epoch cuts at another offset and takes the windows in another order, both functions of
/// seed and epoch: a step number is all that a checkpoint needs.
public final class TokenStream {
    private final int[] ids;

    private TokenStream(int[] ids) {
        this.ids = ids;
    }

    /// @param documents the ids of each document, without the end of text
    public static TokenStream of(List<int[]> documents, int endOfText) {
        int[] ids = new int[documents.stream().mapToInt(document -> document.length + 1).sum()];
        int at = 0;
        for (int[] document : documents) {
            System.arraycopy(document, 0, ids, at, document.length);
            at += document.length;
            ids[at++] = endOfText;
        }
        return new TokenStream(ids);
    }

    /// Number of tokens.
    public int size() {
        return ids.length;
    }

    /// A copy of a part.
    int[] slice(int from, int to) {
        return Arrays.copyOfRange(ids, from, to);
    }

    /// The windows of one step.
    ///
    /// @param step from 0
    /// @param batch windows per step
    /// @param time tokens per window
    /// @return [batch, time + 1]: the ids, and one more for the last target
    /// @throws IllegalArgumentException when the stream is too short for one batch
    public Tensor batch(long step, int batch, int time, long seed) {
        int windows = windows(time);
        if (windows < batch) {
            throw new IllegalArgumentException(
                    String.format(
                            "the text has %d tokens, a batch of %d sequences of %d needs %d; give"
                                    + " more text or lower batch_size or sequence_length",
                            ids.length, batch, time, (long) (batch + 1) * time + 1));
        }
        long[] rows = new long[batch * (time + 1)];
        int[] order = null;
        long orderEpoch = -1;
        int offset = 0;
        for (int row = 0; row < batch; row++) {
            long index = step * batch + row;
            long epoch = index / windows;
            if (order == null || epoch != orderEpoch) {
                Random random = new Random(seed * 1_000_003 + epoch);
                offset = random.nextInt(time);
                order = permutation(windows, random);
                orderEpoch = epoch;
            }
            int start = offset + order[(int) (index % windows)] * time;
            for (int column = 0; column <= time; column++) {
                rows[row * (time + 1) + column] = ids[start + column];
            }
        }
        return Torch.longs(rows, batch, time + 1);
    }

    /// Whole windows of an epoch, at whatever offset.
    private int windows(int time) {
        return Math.max(0, (ids.length - time) / time);
    }

    /// Passes over the text done after a step.
    public double epoch(long stepsDone, int batch, int time) {
        return (double) stepsDone * batch / windows(time);
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
