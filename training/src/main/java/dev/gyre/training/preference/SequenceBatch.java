package dev.gyre.training.preference;

import static org.bytedeco.pytorch.global.torch.log_softmax;
import static org.bytedeco.pytorch.global.torch.zeros;

import dev.gyre.training.engine.LlamaModel;
import dev.gyre.training.engine.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/// Sequences padded on the right, and where their answers' tokens are predicted.
///
/// The head is the largest product of a small model (48,000 columns against a width of 576), so it
/// is computed only for the rows whose next token belongs to an answer.
public final class SequenceBatch {
    private final int size;
    private final int time;
    private final long[] ids; // [size * time]
    private final long[] rows; // [predicted], indices into size * time
    private final long[] targets; // [predicted]
    private final long[] owners; // [predicted], index of the sequence
    private final long[] lastRows; // [size], the last real token of each sequence

    /// @param sequences at least one
    /// @param endIds EOS ids: not trained in an answer that did not end by itself
    public SequenceBatch(List<Sequence> sequences, Set<Integer> endIds) {
        this.size = sequences.size();
        this.time = sequences.stream().mapToInt(Sequence::length).max().orElseThrow();
        this.ids = new long[size * time];
        this.lastRows = new long[size];
        int most = sequences.stream().mapToInt(sequence -> sequence.answerIds().length).sum();
        long[] someRows = new long[most];
        long[] someTargets = new long[most];
        long[] someOwners = new long[most];
        int count = 0;
        for (int index = 0; index < size; index++) {
            Sequence sequence = sequences.get(index);
            int start = index * time;
            int column = start;
            for (int id : sequence.promptIds()) {
                ids[column++] = id;
            }
            for (int id : sequence.answerIds()) {
                if (sequence.ended() || !endIds.contains(id)) {
                    someRows[count] = column - 1;
                    someTargets[count] = id;
                    someOwners[count++] = index;
                }
                ids[column++] = id;
            }
            lastRows[index] = column - 1;
        }
        this.rows = Arrays.copyOf(someRows, count);
        this.targets = Arrays.copyOf(someTargets, count);
        this.owners = Arrays.copyOf(someOwners, count);
    }

    /// Log-probability of each answer: the sum over its tokens, in nats.
    ///
    /// @return [size]
    public Tensor answerLogProbabilities(LlamaModel model) {
        Tensor logProbabilities = log_softmax(answerLogits(model), -1);
        Tensor ofTargets =
                logProbabilities.gather(1, Torch.longs(targets, targets.length, 1)).squeeze(-1);
        return zeros(size).index_add(0, Torch.longs(owners, owners.length), ofTargets);
    }

    /// Logits at every position that predicts a token of an answer, the sequences one after the
    /// other.
    ///
    /// @return [predicted, vocabulary]
    public Tensor answerLogits(LlamaModel model) {
        return model.logits(flatHidden(model).index_select(0, Torch.longs(rows, rows.length)));
    }

    /// A reward model's scores, each from the last token of its sequence.
    ///
    /// @return [size]
    public Tensor scores(LlamaModel model) {
        return model.scores(flatHidden(model).index_select(0, Torch.longs(lastRows, size)));
    }

    private Tensor flatHidden(LlamaModel model) {
        return model.hidden(Torch.longs(ids, size, time)).view(-1, model.config().hiddenSize());
    }

    /// Tokens with padding.
    public int paddedTokens() {
        return size * time;
    }

    /// Predicted tokens of all answers.
    public int predictedTokens() {
        return rows.length;
    }
}
