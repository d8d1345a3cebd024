package dev.gyre.training.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.model.DataType;
import dev.gyre.model.Safetensors;
import dev.gyre.model.Weights;
import dev.gyre.training.engine.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// The checkpoints of one attempt, `checkpoints/step-<step>/`, of which the newest is kept.
///
/// A checkpoint is complete: every parameter, both moments and whatever else the trainer names, as
/// one safetensors file, and the step. The data order and all random numbers of the trainers are
/// functions of the job's seed and the step, so that the step is also the data's position and the
/// random state. A checkpoint is atomic: it is written under another name, forced to the disk and
/// renamed.
final class Checkpoints {
    private static final String STATE = "state.safetensors";
    private static final String DESCRIPTION = "checkpoint.json";
    private static final String PREFIX = "step-";
    private static final int SCHEMA_VERSION = 1;

    private final Path folder;

    Checkpoints(Path attemptFolder) {
        this.folder = attemptFolder.resolve("checkpoints");
    }

    /// A complete checkpoint on disk.
    ///
    /// @param folder its own folder
    /// @param step steps done
    /// @param metricsBytes length of the metric file at that step
    record Checkpoint(Path folder, long step, long metricsBytes) {
        /// The attempt's folder that it belongs to.
        Path attemptFolder() {
            return folder.resolve("../..").normalize();
        }
    }

    /// Writes a checkpoint, then removes the older ones.
    void write(long step, long metricsBytes, Map<String, Tensor> tensors) throws IOException {
        Path unfinished = folder.resolve(".unfinished");
        delete(unfinished);
        Files.createDirectories(unfinished);
        Safetensors.write(unfinished.resolve(STATE), weights(tensors), DataType.F32);
        Files.writeString(
                unfinished.resolve(DESCRIPTION),
                new ObjectMapper()
                        .createObjectNode()
                        .put("schema_version", SCHEMA_VERSION)
                        .put("step", step)
                        .put("metrics_bytes", metricsBytes)
                        .toString());
        force(unfinished.resolve(STATE));
        force(unfinished.resolve(DESCRIPTION));
        force(unfinished);
        Path target = folder.resolve(String.format("%s%010d", PREFIX, step));
        if (Files.exists(target)) { // the same step again: the state is the same to the bit
            delete(unfinished);
            return;
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        force(folder);
        for (Path older : steps(folder)) {
            if (!older.equals(target)) {
                delete(older);
            }
        }
    }

    /// The checkpoint with the most steps among several attempts, or null.
    ///
    /// @throws IllegalArgumentException when one is of a version that this Gyre does not read
    static @Nullable Checkpoint newest(List<Path> attemptFolders) throws IOException {
        List<Checkpoint> found = new ArrayList<>();
        for (Path attempt : attemptFolders) {
            for (Path step : steps(attempt.resolve("checkpoints"))) {
                // a folder that is being deleted may lack a file: it is not the newest then
                if (Files.exists(step.resolve(STATE)) && Files.exists(step.resolve(DESCRIPTION))) {
                    found.add(read(step));
                }
            }
        }
        return found.stream().max(Comparator.comparingLong(Checkpoint::step)).orElse(null);
    }

    private static Checkpoint read(Path folder) throws IOException {
        JsonNode description;
        try {
            description = new ObjectMapper().readTree(folder.resolve(DESCRIPTION).toFile());
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(
                    folder + " is no checkpoint; remove it to start from an older one", malformed);
        }
        int version = description.path("schema_version").asInt();
        if (version != SCHEMA_VERSION) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s has schema version %d, this Gyre reads %d; remove it to start again",
                            folder, version, SCHEMA_VERSION));
        }
        return new Checkpoint(
                folder,
                description.path("step").asLong(),
                description.path("metrics_bytes").asLong());
    }

    /// Copies a checkpoint's state into the tensors.
    ///
    /// @throws IllegalArgumentException when a tensor is missing or of another shape
    static void restore(Checkpoint checkpoint, Map<String, Tensor> tensors) {
        try (Weights state = Safetensors.open(checkpoint.folder.resolve(STATE))) {
            tensors.forEach(
                    (name, tensor) ->
                            state.tensor(name, tensor.sizes().vec().get())
                                    .copyTo(Torch.memory(tensor)));
        }
    }

    /// Removes the checkpoints of an attempt.
    static void remove(Path attemptFolder) throws IOException {
        delete(attemptFolder.resolve("checkpoints"));
    }

    private static Weights weights(Map<String, Tensor> tensors) {
        return Weights.of(
                tensors.entrySet().stream()
                        .map(
                                entry ->
                                        new dev.gyre.model.Tensor(
                                                entry.getKey(),
                                                DataType.F32,
                                                Arrays.stream(entry.getValue().sizes().vec().get())
                                                        .boxed()
                                                        .toList(),
                                                Torch.memory(entry.getValue())))
                        .toList());
    }

    private static List<Path> steps(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(path -> path.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.sorted(Comparator.reverseOrder())
                    .forEach(
                            file -> {
                                try {
                                    Files.delete(file);
                                } catch (IOException failure) {
                                    throw new UncheckedIOException(failure);
                                }
                            });
        }
    }
}
