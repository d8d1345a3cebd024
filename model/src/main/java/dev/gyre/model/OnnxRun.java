package dev.gyre.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// One sequence (or several of equal length) through an exported graph, with the KV cache in
/// buffers that past and present share. Made for checking graphs, not for serving.
final class OnnxRun implements AutoCloseable {
    private final OrtEnvironment environment = OnnxRuntime.environment();
    private final OrtSession session;
    private final Map<String, OnnxTensor> past = new HashMap<>();
    private final Map<String, OnnxTensor> present = new HashMap<>();
    private final int batch;
    private final int capacity;
    private int length;

    OnnxRun(Path model, ModelConfig config, int batch, int capacity, int threads)
            throws OrtException {
        this.batch = batch;
        this.capacity = capacity;
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            session = environment.createSession(model.toString(), options);
        }
        long[] shape = {batch, config.kvHeads(), capacity, config.headSize()};
        int elements = Math.toIntExact((long) batch * config.kvSize() * capacity);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String kind : new String[] {".key", ".value"}) {
                FloatBuffer buffer =
                        ByteBuffer.allocateDirect(4 * elements)
                                .order(ByteOrder.nativeOrder())
                                .asFloatBuffer();
                OnnxTensor tensor = OnnxTensor.createTensor(environment, buffer, shape);
                past.put("past_key_values." + layer + kind, tensor);
                present.put("present." + layer + kind, tensor);
            }
        }
    }

    /// Runs the next `ids`, the same number in every row.
    ///
    /// @param ids [batch][sequence]
    /// @return logits, [batch · sequence][vocabulary]
    float[][] next(int[]... ids) throws OrtException {
        int sequence = ids[0].length;
        if (length + sequence > capacity) {
            throw new IllegalArgumentException(
                    "%d tokens, the capacity is %d".formatted(length + sequence, capacity));
        }
        LongBuffer flat = LongBuffer.allocate(batch * sequence);
        LongBuffer rows = LongBuffer.allocate(batch * sequence);
        IntBuffer lengths = IntBuffer.allocate(batch);
        for (int row = 0; row < batch; row++) {
            lengths.put(length + sequence - 1);
            for (int id : ids[row]) {
                rows.put(flat.position());
                flat.put(id);
            }
        }
        length += sequence;
        var inputs = new HashMap<String, OnnxTensor>(past);
        try (OnnxTensor idTensor =
                        OnnxTensor.createTensor(
                                environment, flat.flip(), new long[] {batch, sequence});
                OnnxTensor lengthTensor =
                        OnnxTensor.createTensor(environment, lengths.flip(), new long[] {batch});
                OnnxTensor totalTensor =
                        OnnxTensor.createTensor(
                                environment, IntBuffer.wrap(new int[] {length}), new long[0]);
                OnnxTensor rowTensor =
                        OnnxTensor.createTensor(
                                environment, rows.flip(), new long[] {(long) batch * sequence})) {
            inputs.put("input_ids", idTensor);
            inputs.put("seqlens_k", lengthTensor);
            inputs.put("total_len", totalTensor);
            inputs.put("logit_rows", rowTensor);
            try (OrtSession.Result result = session.run(inputs, Set.of("logits"), present)) {
                return (float[][]) result.get("logits").orElseThrow().getValue();
            }
        }
    }

    @Override
    public void close() throws OrtException {
        past.values().forEach(OnnxTensor::close);
        session.close();
    }
}
