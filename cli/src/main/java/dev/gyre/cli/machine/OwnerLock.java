package dev.gyre.cli.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Admits one owner to a home. The system frees the lock when its owner ends, in whatever way.
final class OwnerLock implements AutoCloseable {
    private final FileChannel channel;

    private OwnerLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock.
    ///
    /// @throws CliException if another process has it; the message names that process
    static OwnerLock take(GyreHome home) {
        try {
            FileChannel channel =
                    FileChannel.open(
                            home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel) == null) {
                channel.close();
                throw new CliException(
                        "Gyre already runs in "
                                + home.folder()
                                + " (process "
                                + ownerIn(home.lock())
                                + "); './gyre status' shows it, './gyre down' ends it");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.US_ASCII)));
            return new OwnerLock(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + home.lock(), e);
        }
    }

    /// Whether a process has the lock.
    static boolean isTaken(GyreHome home) {
        if (!Files.exists(home.lock())) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.WRITE)) {
            return locked(channel) == null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + home.lock(), e);
        }
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another part of this very process has it
        }
    }

    private static String ownerIn(Path lock) throws IOException {
        String owner = Files.readString(lock).strip();
        return owner.isEmpty() ? "that is just starting" : owner;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot free the lock", e);
        }
    }
}
