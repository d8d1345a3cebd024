package dev.gyre.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Safetensors files: eight bytes with the header's length, a JSON header with the type, shape and
/// place of every tensor, then the tensors' bytes without gaps.
///
/// Files are mapped. The header is checked as strictly as the reference implementation does:
/// tensors lie inside the file, do not overlap, leave no hole, and their sizes follow from type and
/// shape.
///
/// @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
public final class Safetensors {
    /// Longest header taken, in bytes; the largest models in use have headers of a few hundred kB.
    static final int MAX_HEADER_BYTES = 32 << 20;

    private static final int LENGTH_BYTES = 8;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Safetensors() {}

    /// Maps one safetensors file.
    ///
    /// @throws IllegalArgumentException if the file is malformed
    public static Weights open(Path file) {
        var files = new MappedFiles();
        try {
            return new Weights(map(file, files), files::close);
        } catch (RuntimeException failure) {
            files.close();
            throw failure;
        }
    }

    /// Maps the files that an index (`model.safetensors.index.json`) names; they must lie beside
    /// it.
    ///
    /// @throws IllegalArgumentException if a file is malformed, or a tensor isn't where the index
    ///   says it is
    public static Weights openSharded(Path indexJson) {
        JsonNode weightMap = Json.readObject(indexJson, MAX_HEADER_BYTES).path("weight_map");
        if (!(weightMap instanceof ObjectNode places) || places.isEmpty()) {
            throw new IllegalArgumentException(indexJson + " has no weight_map");
        }
        var files = new MappedFiles();
        try {
            var shards = new HashMap<String, Map<String, Tensor>>();
            var tensors = new ArrayList<Tensor>();
            for (Map.Entry<String, JsonNode> place : places.properties()) {
                String shard = place.getValue().asText();
                Map<String, Tensor> inShard =
                        shards.computeIfAbsent(
                                shard, name -> byName(map(beside(indexJson, name), files)));
                Tensor tensor = inShard.get(place.getKey());
                if (tensor == null) {
                    throw new IllegalArgumentException(
                            "%s places %s in %s, which has no such tensor"
                                    .formatted(indexJson, place.getKey(), shard));
                }
                tensors.add(tensor);
            }
            return new Weights(tensors, files::close);
        } catch (RuntimeException failure) {
            files.close();
            throw failure;
        }
    }

    /// Writes `weights` to `file` (replacing it) as `type`, tensor after tensor through a small
    /// buffer, and forces it to disk.
    ///
    /// @param type F32, F16 or BF16; elements are rounded to the nearest, ties to even
    public static void write(Path file, Weights weights, DataType type) {
        SafetensorsWriter.write(file, weights, type);
    }

    /// A shard is a plain file name: an index must not reach outside its folder.
    private static Path beside(Path indexJson, String shard) {
        if (!shard.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors")) {
            throw new IllegalArgumentException(
                    "%s names the file '%s'; shards are plain names that end in .safetensors"
                            .formatted(indexJson, shard));
        }
        return indexJson.resolveSibling(shard);
    }

    private static Map<String, Tensor> byName(List<Tensor> tensors) {
        var byName = new HashMap<String, Tensor>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        return byName;
    }

    private static List<Tensor> map(Path file, MappedFiles files) {
        MemorySegment mapped = files.map(file);
        try {
            return tensors(mapped);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "%s is not a valid safetensors file: %s"
                            .formatted(file, malformed.getMessage()),
                    malformed);
        }
    }

    static List<Tensor> tensors(MemorySegment file) {
        if (file.byteSize() < LENGTH_BYTES) {
            throw new IllegalArgumentException(
                    "it has %d bytes, the header's length alone takes 8"
                            .formatted(file.byteSize()));
        }
        long headerBytes = file.get(LONG, 0);
        long limit = Math.min(MAX_HEADER_BYTES, file.byteSize() - LENGTH_BYTES);
        if (headerBytes < 2 || headerBytes > limit) {
            throw new IllegalArgumentException(
                    "the header is said to have %s bytes, the limit is %d"
                            .formatted(Long.toUnsignedString(headerBytes), limit));
        }
        byte[] header = file.asSlice(LENGTH_BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = file.asSlice(LENGTH_BYTES + headerBytes);
        var placed = new ArrayList<Placed>();
        for (Map.Entry<String, JsonNode> entry : Json.object("the header", header).properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                placed.add(placed(entry.getKey(), entry.getValue(), data));
            }
        }
        placed.sort(Comparator.comparingLong(Placed::begin).thenComparingLong(Placed::end));
        checkNoGaps(placed, data.byteSize());
        return placed.stream().map(Placed::tensor).toList();
    }

    private static Placed placed(String name, JsonNode entry, MemorySegment data) {
        try {
            DataType type = DataType.ofSafetensors(entry.path("dtype").asText());
            List<Long> shape = longs("shape", entry.path("shape"));
            List<Long> offsets = longs("data_offsets", entry.path("data_offsets"));
            if (offsets.size() != 2
                    || offsets.get(0) > offsets.get(1)
                    || offsets.get(1) > data.byteSize()) {
                throw new IllegalArgumentException(
                        "data_offsets %s are not a part of the %d bytes of data"
                                .formatted(offsets, data.byteSize()));
            }
            long begin = offsets.get(0);
            long end = offsets.get(1);
            return new Placed(
                    begin, end, new Tensor(name, type, shape, data.asSlice(begin, end - begin)));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "tensor '%s': %s".formatted(name, malformed.getMessage()), malformed);
        }
    }

    private static List<Long> longs(String key, JsonNode list) {
        var values = new ArrayList<Long>();
        for (JsonNode value : list) {
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                throw new IllegalArgumentException("%s has the entry %s".formatted(key, value));
            }
            values.add(value.longValue());
        }
        if (!list.isArray() || values.size() > 8) {
            throw new IllegalArgumentException(
                    "%s must be a list of at most 8 numbers".formatted(key));
        }
        return values;
    }

    private static void checkNoGaps(List<Placed> placed, long dataBytes) {
        long end = 0;
        for (Placed next : placed) {
            if (next.begin != end) {
                throw new IllegalArgumentException(
                        "tensor '%s' begins at byte %d, the one before ends at %d"
                                .formatted(next.tensor.name(), next.begin, end));
            }
            end = next.end;
        }
        if (end != dataBytes) {
            throw new IllegalArgumentException(
                    "the tensors end at byte %d, the data at %d".formatted(end, dataBytes));
        }
    }

    private record Placed(long begin, long end, Tensor tensor) {}
}
