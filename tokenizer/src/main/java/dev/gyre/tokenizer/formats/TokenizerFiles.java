package dev.gyre.tokenizer.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/// Loads files within a limit, and names them where they are refused.
final class TokenizerFiles {
    private TokenizerFiles() {}

    /// @throws IllegalArgumentException if the file is over the limit or the parser refuses it
    /// @throws UncheckedIOException if it cannot be read
    static <T> T load(Path file, long mostBytes, Function<byte[], T> parser) {
        try {
            long size = Files.size(file);
            if (size > mostBytes) {
                throw new IllegalArgumentException(
                        "%d bytes, the limit is %d".formatted(size, mostBytes));
            }
            return parser.apply(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
