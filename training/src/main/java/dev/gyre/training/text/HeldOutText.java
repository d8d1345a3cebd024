package dev.gyre.training.text;

import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Torch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/// Text that a model was not trained on, and how well it foresees it.
///
/// Windows overlap by half and only the second half of each counts (the whole of the first), so
/// that every token has at least half a window before it.
public final class HeldOutText {
    private static final int WINDOWS_AT_ONCE = 16;

    private final TokenStream stream;
    private final long bytes;
    private final int documents;

    private HeldOutText(TokenStream stream, long bytes, int documents) {
        this.stream = stream;
        this.bytes = bytes;
        this.documents = documents;
    }

    /// @param documents the texts
    /// @param ids the same as token ids
    /// @param mostTokens documents beyond so many tokens are left out; at least one is used
    public static HeldOutText of(
            List<String> documents, List<int[]> ids, int endOfText, int mostTokens) {
        long bytes = 0;
        long tokens = 0;
        List<int[]> used = new ArrayList<>();
        for (int index = 0; index < documents.size(); index++) {
            tokens += ids.get(index).length + 1;
            if (tokens > mostTokens && !used.isEmpty()) {
                break;
            }
            used.add(ids.get(index));
            bytes += documents.get(index).getBytes(StandardCharsets.UTF_8).length + 1;
        }
        return new HeldOutText(TokenStream.of(used, endOfText), bytes, used.size());
    }

    /// Bytes of the text in UTF-8, with one for each document's end.
    public long bytes() {
        return bytes;
    }

    /// Number of tokens, with one for each document's end.
    public long tokens() {
        return stream.size();
    }

    /// Those of all documents that are used here, to measure another model on the same.
    public List<int[]> documentsOf(List<int[]> all) {
        return all.subList(0, documents);
    }

    /// Mean negative log-probability of a token, in nats; the first token does not count.
    ///
    /// @param window tokens per window
    public double nats(LlamaModel model, int window) {
        int stride = Math.max(1, window / 2);
        double sum = 0;
        List<Integer> starts = new ArrayList<>();
        for (int start = 0;
                start == 0 || start + window - stride < stream.size() - 1;
                start += stride) {
            starts.add(start);
        }
        for (int first = 0; first < starts.size(); first += WINDOWS_AT_ONCE) {
            List<Integer> some =
                    starts.subList(first, Math.min(starts.size(), first + WINDOWS_AT_ONCE));
            sum += negativeLogProbability(model, some, window, stride);
        }
        return sum / (stream.size() - 1);
    }

    private double negativeLogProbability(
            LlamaModel model, List<Integer> starts, int window, int stride) {
        long[] ids = new long[starts.size() * window];
        List<Long> rows = new ArrayList<>();
        List<Long> targets = new ArrayList<>();
        for (int index = 0; index < starts.size(); index++) {
            int start = starts.get(index);
            int[] slice = stream.slice(start, (int) Math.min(window + 1, stream.size() - start));
            for (int column = 0; column < slice.length - 1; column++) {
                ids[index * window + column] = slice[column];
                if (start == 0 || column >= window - stride) {
                    rows.add((long) index * window + column);
                    targets.add((long) slice[column + 1]);
                }
            }
        }
        long[] rowArray = rows.stream().mapToLong(Long::longValue).toArray();
        long[] targetArray = targets.stream().mapToLong(Long::longValue).toArray();
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Tensor hidden =
                    model.hidden(Torch.longs(ids, starts.size(), window))
                            .view(-1, model.config().hiddenSize())
                            .index_select(0, Torch.longs(rowArray, rowArray.length));
            Tensor ofTargets =
                    log_softmax(model.logits(hidden), -1)
                            .gather(1, Torch.longs(targetArray, targetArray.length, 1));
            double sum = 0;
            for (float value : Torch.toFloats(ofTargets)) {
                sum -= value;
            }
            return sum;
        }
    }

    /// Bits per byte of a mean in nats per token, the first token taken as costly as the mean.
    public double bitsPerByte(double natsPerToken) {
        return natsPerToken * stream.size() / Math.log(2) / bytes;
    }
}
