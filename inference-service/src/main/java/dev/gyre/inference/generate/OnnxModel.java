package dev.gyre.inference.generate;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.gyre.model.OnnxRuntime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A decoder graph on ONNX Runtime, with a KV cache of as many slots as sequences may run at once.
///
/// There are two kinds of run: [#prefill] reads a chunk of one prompt into one slot, [#decode] goes
/// on by one token in the slots `0 … rows - 1`. Tensors and maps of every run shape are built once;
/// a step only changes the contents of buffers (80 µs of Java a step, measured with 61 tensors).
///
/// Not thread-safe: one thread runs it.
public final class OnnxModel implements AutoCloseable {
    private final OrtEnvironment environment = OnnxRuntime.environment();
    private final OrtSession session;
    private final Options options;
    private final KvCache cache;
    private final int layers;
    private final int vocabulary;

    private final LongBuffer tokens;
    private final IntBuffer lastPositions;
    private final IntBuffer longest;
    private final LongBuffer logitRows;
    private final FloatBuffer logits;

    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final Inputs[] decodeRuns;
    private final Inputs[] prefillRuns;

    /// How a graph is run.
    ///
    /// @param slots sequences at once; decode runs have at most so many rows
    /// @param contextLength positions a slot has
    /// @param chunkTokens prompt tokens in one prefill run at most
    /// @param threads threads of one run
    public record Options(int slots, int contextLength, int chunkTokens, int threads) {
        public Options {
            if (slots < 1 || contextLength < 2 || chunkTokens < 1 || threads < 1) {
                throw new IllegalArgumentException(
                        "slots, chunk and threads must be at least 1 and the context at least 2, are "
                                + List.of(slots, chunkTokens, threads, contextLength));
            }
        }
    }

    /// The tensors of one run shape. The KV tensors are inputs and pinned outputs alike.
    private record Inputs(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

    private OnnxModel(OrtSession session, Options options) throws OrtException {
        this.session = session;
        this.options = options;
        TensorInfo key = tensorInfo(session.getInputInfo(), "past_key_values.0.key");
        layers =
                (int)
                        session.getInputNames().stream()
                                .filter(name -> name.endsWith(".key"))
                                .count();
        vocabulary = (int) tensorInfo(session.getOutputInfo(), "logits").getShape()[1];
        cache =
                new KvCache(
                        environment,
                        new KvCache.Shape(
                                layers,
                                options.slots(),
                                (int) key.getShape()[1],
                                options.contextLength(),
                                (int) key.getShape()[3]));

        int widest = Math.max(options.slots(), options.chunkTokens());
        tokens = direct(widest, Long.BYTES).asLongBuffer();
        lastPositions = direct(options.slots(), Integer.BYTES).asIntBuffer();
        longest = direct(1, Integer.BYTES).asIntBuffer();
        logitRows = direct(options.slots(), Long.BYTES).asLongBuffer();
        logits = direct(options.slots() * vocabulary, Float.BYTES).asFloatBuffer();

        decodeRuns = new Inputs[options.slots() + 1];
        prefillRuns = new Inputs[options.slots()];
        for (int slot = 0; slot < options.slots(); slot++) {
            List<OnnxTensor> leading = cache.window(0, slot + 1);
            decodeRuns[slot + 1] = inputs(leading, slot + 1, 1, slot + 1);
            prefillRuns[slot] = inputs(cache.window(slot, 1), 1, options.chunkTokens(), 1);
        }
    }

    /// Opens a graph.
    ///
    /// @param graph the `model.onnx` file; external data lies beside it
    /// @throws IllegalArgumentException when ONNX Runtime refuses the graph
    public static OnnxModel open(Path graph, Options options) {
        try (SessionOptions session = new SessionOptions()) {
            session.setIntraOpNumThreads(options.threads());
            session.setInterOpNumThreads(1);
            // Threads of the pool spin during a run and sleep between runs: the sampler, the web
            // server and the other processes of the machine get the cores.
            session.addConfigEntry("session.force_spinning_stop", "1");
            return new OnnxModel(
                    OnnxRuntime.environment().createSession(graph.toString(), session), options);
        } catch (OrtException e) {
            throw new IllegalArgumentException(graph + " cannot be run: " + e.getMessage(), e);
        }
    }

    /// Entries of a row of logits.
    public int vocabulary() {
        return vocabulary;
    }

    /// How it runs.
    public Options options() {
        return options;
    }

    /// Reads `ids[from … to - 1]` into `slot`, which holds the first `from` tokens already. The
    /// logits after the last of them are in row 0.
    void prefill(int slot, int[] ids, int from, int to) {
        int count = to - from;
        for (int i = 0; i < count; i++) {
            tokens.put(i, ids[from + i]);
        }
        lastPositions.put(0, to - 1);
        longest.put(0, to);
        logitRows.put(0, count - 1);
        Inputs whole = prefillRuns[slot];
        if (count == options.chunkTokens()) {
            run(whole);
            return;
        }
        // The last chunk of a prompt has any length: one tensor over the same buffer is made for
        // it.
        try (OnnxTensor part =
                OnnxTensor.createTensor(
                        environment, tokens.slice(0, count), new long[] {1, count})) {
            Map<String, OnnxTensor> inputs = new LinkedHashMap<>(whole.inputs());
            inputs.put("input_ids", part);
            run(new Inputs(inputs, whole.outputs()));
        } catch (OrtException e) {
            throw new IllegalStateException("prefill of " + count + " tokens failed", e);
        }
    }

    /// Sets what the next [#decode] reads in `row`: a token and its position, which is the number
    /// of tokens that the slot holds. A row that is only there to fill the shape may have any
    /// token: what is written at its position is overwritten by the slot's next real token.
    void setRow(int row, int token, int position) {
        tokens.put(row, token);
        lastPositions.put(row, position);
    }

    /// Goes on by one token in the slots `0 … rows - 1`; see [#setRow]. Row `i` of the logits
    /// belongs to slot `i`.
    void decode(int rows) {
        int most = 0;
        for (int row = 0; row < rows; row++) {
            logitRows.put(row, row);
            most = Math.max(most, lastPositions.get(row) + 1);
        }
        longest.put(0, most);
        run(decodeRuns[rows]);
    }

    /// Copies a row of logits.
    ///
    /// @param into [vocabulary], unnormalised
    void logits(int row, float[] into) {
        logits.get(row * vocabulary, into, 0, vocabulary);
    }

    /// Moves the first `length` tokens of slot `from` to slot `to`.
    void move(int from, int to, int length) {
        cache.copy(from, to, length);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("the session did not close", e);
        } finally {
            tensors.forEach(OnnxTensor::close);
            cache.close();
        }
    }

    private void run(Inputs shape) {
        try (OrtSession.Result _ = session.run(shape.inputs(), shape.outputs())) {
            // the outputs are pinned: everything lies in our buffers
        } catch (OrtException e) {
            throw new IllegalStateException("the model did not run: " + e.getMessage(), e);
        }
    }

    private Inputs inputs(List<OnnxTensor> window, int batch, int sequence, int rows)
            throws OrtException {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
        inputs.put(
                "input_ids",
                kept(
                        OnnxTensor.createTensor(
                                environment,
                                tokens.slice(0, batch * sequence),
                                new long[] {batch, sequence})));
        inputs.put(
                "seqlens_k",
                kept(
                        OnnxTensor.createTensor(
                                environment, lastPositions.slice(0, batch), new long[] {batch})));
        inputs.put("total_len", kept(OnnxTensor.createTensor(environment, longest, new long[] {})));
        inputs.put(
                "logit_rows",
                kept(
                        OnnxTensor.createTensor(
                                environment, logitRows.slice(0, rows), new long[] {rows})));
        for (int layer = 0; layer < layers; layer++) {
            OnnxTensor key = window.get(2 * layer);
            OnnxTensor value = window.get(2 * layer + 1);
            inputs.put("past_key_values." + layer + ".key", key);
            inputs.put("past_key_values." + layer + ".value", value);
            outputs.put("present." + layer + ".key", key);
            outputs.put("present." + layer + ".value", value);
        }
        outputs.put(
                "logits",
                kept(
                        OnnxTensor.createTensor(
                                environment,
                                logits.slice(0, rows * vocabulary),
                                new long[] {rows, vocabulary})));
        return new Inputs(inputs, outputs);
    }

    private OnnxTensor kept(OnnxTensor tensor) {
        tensors.add(tensor);
        return tensor;
    }

    private static ByteBuffer direct(int entries, int bytesEach) {
        return ByteBuffer.allocateDirect(entries * bytesEach).order(ByteOrder.nativeOrder());
    }

    private static TensorInfo tensorInfo(Map<String, NodeInfo> nodes, String name) {
        NodeInfo node = nodes.get(name);
        if (node == null || !(node.getInfo() instanceof TensorInfo tensor)) {
            throw new IllegalArgumentException(
                    "the graph has no tensor " + name + "; export it with Gyre's exporter");
        }
        return tensor;
    }
}
