package dev.gyre.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A GGUF file, mapped: its metadata, its tensors under their own names, and, for the `llama`
/// architecture, the same model as a [ModelConfig] with Hugging Face's weights.
///
/// ```java
/// try (GgufFile file = GgufFile.open(Path.of("SmolLM2-135M-Instruct.Q4_1.gguf"))) {
///     ModelConfig config = file.config();
///     Weights weights = file.weights(); // dequantised as they are read
/// }
/// ```
///
/// @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
public final class GgufFile implements AutoCloseable {
    private final Arena arena;
    private final GgufMetadata metadata;
    private final Weights tensors;

    private GgufFile(Arena arena, GgufReader.Contents contents) {
        this.arena = arena;
        this.metadata = contents.metadata();
        this.tensors = Weights.of(contents.tensors());
    }

    /// Maps `path` and reads its header.
    ///
    /// @throws IllegalArgumentException if the file is malformed or has a tensor of a type that is
    ///   not supported
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new GgufFile(arena, GgufReader.read(mapped));
        } catch (IOException failure) {
            arena.close();
            throw new UncheckedIOException("cannot read " + path, failure);
        } catch (IllegalArgumentException malformed) {
            arena.close();
            throw new IllegalArgumentException(
                    "%s is not a GGUF file we can read: %s".formatted(path, malformed.getMessage()),
                    malformed);
        }
    }

    /// The key-value part.
    public GgufMetadata metadata() {
        return metadata;
    }

    /// The tensors under GGUF's names and in GGUF's row order.
    public Weights tensors() {
        return tensors;
    }

    /// The model's shape.
    ///
    /// @throws IllegalArgumentException if the architecture is not `llama`, or uses what we do not
    ///   support (rope scaling, experts, biases)
    public ModelConfig config() {
        return GgufLlama.config(metadata, tensors);
    }

    /// The model's weights under Hugging Face's names, valid until this file is closed.
    public Weights weights() {
        return GgufLlama.weights(config(), tensors);
    }

    /// Unmaps the file; tensors must not be read any more.
    @Override
    public void close() {
        arena.close();
    }
}
