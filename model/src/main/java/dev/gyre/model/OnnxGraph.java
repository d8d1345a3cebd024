package dev.gyre.model;

import com.google.protobuf.UnsafeByteOperations;
import dev.gyre.model.onnx.AttributeProto;
import dev.gyre.model.onnx.GraphProto;
import dev.gyre.model.onnx.ModelProto;
import dev.gyre.model.onnx.NodeProto;
import dev.gyre.model.onnx.OperatorSetIdProto;
import dev.gyre.model.onnx.StringStringEntryProto;
import dev.gyre.model.onnx.TensorProto;
import dev.gyre.model.onnx.TensorShapeProto;
import dev.gyre.model.onnx.TypeProto;
import dev.gyre.model.onnx.ValueInfoProto;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// An ONNX model while it is written: nodes and small constants in memory, large constants straight
/// into the data file, each through its own short mapping.
final class OnnxGraph implements AutoCloseable {
    /// Operators that ONNX Runtime adds to ONNX's own.
    static final String MICROSOFT = "com.microsoft";

    static final String ONNX = "";
    static final String DATA_FILE = "model.onnx.data";

    // ONNX Runtime maps constants of the data file in place when they begin at a page.
    private static final int PAGE = 4096;
    private static final int IR_VERSION = 10;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("gyre");
    private final Path folder;
    private final FileChannel data;
    private long dataEnd;

    OnnxGraph(Path folder) throws IOException {
        this.folder = folder;
        this.data =
                FileChannel.open(
                        folder.resolve(DATA_FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
    }

    /// Adds a node; an empty name leaves an input or output out.
    void node(
            String domain,
            String operator,
            List<String> inputs,
            List<String> outputs,
            AttributeProto... attributes) {
        String result = outputs.stream().filter(name -> !name.isEmpty()).findFirst().orElseThrow();
        graph.addNode(
                NodeProto.newBuilder()
                        .setDomain(domain)
                        .setOpType(operator)
                        .setName(result + "/" + operator)
                        .addAllInput(inputs)
                        .addAllOutput(outputs)
                        .addAllAttribute(Arrays.asList(attributes)));
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto number(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    /// Declares an input.
    ///
    /// @param sizes a [Long] for a known size, a [String] for one that differs from run to run
    void input(String name, TensorProto.DataType type, Object... sizes) {
        graph.addInput(value(name, type, sizes));
    }

    /// Declares an output; sizes as in [#input].
    void output(String name, TensorProto.DataType type, Object... sizes) {
        graph.addOutput(value(name, type, sizes));
    }

    /// A constant of 64-bit integers.
    void constant(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        graph.addInitializer(
                tensor(name, TensorProto.DataType.INT64, values.length)
                        .setRawData(UnsafeByteOperations.unsafeWrap(bytes)));
    }

    /// A constant of float32.
    void constant(String name, float[] values, long... dims) throws IOException {
        constant(
                name,
                TensorProto.DataType.FLOAT,
                4L * values.length,
                segment ->
                        MemorySegment.copy(
                                values,
                                0,
                                segment,
                                ValueLayout.JAVA_FLOAT_UNALIGNED,
                                0,
                                values.length),
                dims);
    }

    /// A constant whose bytes `fill` writes: into the graph if there are few, else into the data
    /// file.
    void constant(
            String name,
            TensorProto.DataType type,
            long bytes,
            Consumer<MemorySegment> fill,
            long... dims)
            throws IOException {
        if (bytes < PAGE) {
            byte[] inline = new byte[(int) bytes];
            fill.accept(MemorySegment.ofArray(inline));
            graph.addInitializer(
                    tensor(name, type, dims).setRawData(UnsafeByteOperations.unsafeWrap(inline)));
            return;
        }
        long offset = (dataEnd + PAGE - 1) / PAGE * PAGE;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = data.map(FileChannel.MapMode.READ_WRITE, offset, bytes, arena);
            fill.accept(mapped);
            mapped.force();
        }
        dataEnd = offset + bytes;
        graph.addInitializer(
                tensor(name, type, dims)
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(entry("location", DATA_FILE))
                        .addExternalData(entry("offset", Long.toString(offset)))
                        .addExternalData(entry("length", Long.toString(bytes))));
    }

    /// The same bytes as the last constant once more, under another name and shape: ONNX has no
    /// views, but two constants may lie at one place of the data file.
    void alias(String name, long... dims) {
        TensorProto last = graph.getInitializer(graph.getInitializerCount() - 1);
        graph.addInitializer(
                last.toBuilder()
                        .setName(name)
                        .clearDims()
                        .addAllDims(Arrays.stream(dims).boxed().toList()));
    }

    /// Writes the model file beside the data file and forces both to disk.
    void write() throws IOException {
        var model =
                ModelProto.newBuilder()
                        .setIrVersion(IR_VERSION)
                        .setProducerName("gyre")
                        .setGraph(graph)
                        .addOpsetImport(
                                OperatorSetIdProto.newBuilder().setVersion(OnnxExporter.OPSET))
                        .addOpsetImport(
                                OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                        .build();
        data.force(true);
        try (FileChannel channel =
                        FileChannel.open(
                                folder.resolve("model.onnx"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE);
                OutputStream stream = Channels.newOutputStream(channel)) {
            model.writeTo(stream);
            channel.force(true);
        }
    }

    @Override
    public void close() {
        try {
            data.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot close " + folder.resolve(DATA_FILE), failure);
        }
    }

    private static TensorProto.Builder tensor(
            String name, TensorProto.DataType type, long... dims) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type)
                .addAllDims(Arrays.stream(dims).boxed().toList());
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type, Object... sizes) {
        var shape = TensorShapeProto.newBuilder();
        for (Object size : sizes) {
            var dimension = TensorShapeProto.Dimension.newBuilder();
            if (size instanceof Number known) {
                dimension.setDimValue(known.longValue());
            } else {
                dimension.setDimParam(size.toString());
            }
            shape.addDim(dimension);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(type.getNumber())
                                                .setShape(shape)))
                .build();
    }
}
