package dev.gyre.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Files mapped read-only, released together, from any thread.
final class MappedFiles implements AutoCloseable {
    private final Arena arena;

    @SuppressWarnings("MustBeClosed") // closed by close()
    MappedFiles() {
        arena = Arena.ofShared();
    }

    MemorySegment map(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
