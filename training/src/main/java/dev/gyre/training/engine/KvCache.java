package dev.gyre.training.engine;

import static org.bytedeco.pytorch.global.torch.arange;
import static org.bytedeco.pytorch.global.torch.zeros;

import dev.gyre.model.ModelConfig;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/// Keys and values of sequences of different lengths that grow by one token at a time.
///
/// Row `b` holds its own positions from 0; what was written for padding lies at later positions, is
/// masked, and is overwritten when the row gets there.
final class KvCache {
    private final Tensor[] keys; // per layer [batch, kvHeads, capacity, headSize]
    private final Tensor[] values;
    private final long batch;
    private final long capacity;
    private final Tensor columns; // [capacity]
    private long[] positions; // [batch * time] of the tokens now fed
    private long time;

    KvCache(ModelConfig config, int batch, int capacity) {
        this.batch = batch;
        this.capacity = capacity;
        this.keys = new Tensor[config.layers()];
        this.values = new Tensor[config.layers()];
        for (int layer = 0; layer < config.layers(); layer++) {
            keys[layer] = zeros(batch, config.kvHeads(), capacity, config.headSize());
            values[layer] = zeros(batch, config.kvHeads(), capacity, config.headSize());
        }
        this.columns = arange(new Scalar(capacity));
        this.positions = new long[0];
    }

    /// Says at which positions the tokens fed next stand.
    ///
    /// @param first [batch], the position of each row's first token
    /// @param time tokens per row
    void advance(long[] first, int time) {
        this.time = time;
        this.positions = new long[first.length * time];
        for (int row = 0; row < first.length; row++) {
            for (int step = 0; step < time; step++) {
                positions[row * time + step] = Math.min(first[row] + step, capacity - 1);
            }
        }
    }

    /// Rows of a position table for the tokens now fed: [batch, 1, time, headSize].
    Tensor rows(Tensor table) {
        return table.index_select(0, Torch.longs(positions, positions.length))
                .view(batch, 1, time, table.size(-1));
    }

    void put(int layer, Tensor key, Tensor value) {
        Tensor index = Torch.longs(positions, batch, 1, time, 1).expand(key.sizes().vec().get());
        keys[layer].scatter_(2, index, key);
        values[layer].scatter_(2, index, value);
    }

    Tensor keys(int layer) {
        return keys[layer];
    }

    Tensor values(int layer) {
        return values[layer];
    }

    /// Which cached position each token may see: its own and all before, [batch, 1, time,
    /// capacity].
    TensorOptional mask() {
        Tensor own = Torch.longs(Arrays.copyOf(positions, positions.length), batch, 1, time, 1);
        return new TensorOptional(columns.le(own));
    }
}
