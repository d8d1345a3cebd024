package dev.gyre.model;

import dev.gyre.tokenizer.formats.GgufFront;
import dev.gyre.tokenizer.formats.GgufMetadata;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

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
    private final MappedFiles files;
    private final GgufMetadata metadata;
    private final Weights tensors;

    private GgufFile(MappedFiles files, MemorySegment file) {
        GgufFront front = GgufFront.read(file);
        this.files = files;
        this.metadata = front.metadata();
        this.tensors = Weights.of(GgufTensors.read(file, front));
    }

    /// Maps `path` and reads its header.
    ///
    /// @throws IllegalArgumentException if the file is malformed or has a tensor of a type that is
    ///   not supported
    public static GgufFile open(Path path) {
        var files = new MappedFiles();
        try {
            return new GgufFile(files, files.map(path));
        } catch (IllegalArgumentException malformed) {
            files.close();
            throw new IllegalArgumentException(
                    "%s is not a GGUF file we can read: %s".formatted(path, malformed.getMessage()),
                    malformed);
        } catch (RuntimeException failure) {
            files.close();
            throw failure;
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
        files.close();
    }
}
