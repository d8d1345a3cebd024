package dev.gyre.inference.completions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Keeps payloads on disk until somebody has taken them, in order, over restarts.
///
/// [#append] returns when the disk has the payload. One thread writes; what arrives while it waits
/// for the disk goes out together with the next wait (group commit), so many callers share one
/// fsync. [#next] and [#taken] are for one reader. What was read but not confirmed before a crash
/// is read again: payloads carry an id by which a repeat is known.
final class Spool implements AutoCloseable {
    private static final long SEGMENT_BYTES = 4 << 20;
    private static final String SUFFIX = ".spool";

    private final Path folder;
    private final long limit;
    private final FileChannel lockFile;
    private final Thread writer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition toWrite = lock.newCondition();
    private final Condition toRead = lock.newCondition();
    // all guarded by lock
    private final List<Waiting> waiting = new ArrayList<>();
    private final Deque<SpoolSegment> segments = new ArrayDeque<>();
    private long waitingBytes;
    private long nextSegment;
    private long readPosition;
    private boolean closing;

    private record Waiting(byte[] payload, CompletableFuture<@Nullable Void> written) {}

    /// Payloads read together.
    ///
    /// @param payloads in order
    /// @param end the place behind them, for [#taken]
    record Batch(List<byte[]> payloads, long end) {}

    /// Opens the spool of a folder, making it where there is none.
    ///
    /// @param limit bytes kept at most
    /// @throws IllegalStateException when another process uses the folder
    Spool(Path folder, long limit) {
        this.folder = folder;
        this.limit = limit;
        try {
            Files.createDirectories(folder);
            lockFile = lockFolder();
            for (Path file : files()) {
                segments.add(SpoolSegment.open(file));
                nextSegment = number(file) + 1;
            }
            addSegment();
        } catch (IOException e) {
            throw new UncheckedIOException("the spool " + folder + " cannot be opened", e);
        }
        writer = Thread.ofPlatform().name("spool").daemon().start(this::write);
    }

    /// Whether there is no room for more.
    boolean isFull() {
        return bytes() >= limit;
    }

    /// Bytes kept.
    long bytes() {
        lock.lock();
        try {
            return waitingBytes
                    + segments.stream().mapToLong(SpoolSegment::size).sum()
                    - readPosition;
        } finally {
            lock.unlock();
        }
    }

    /// Keeps a payload and waits until it is safe.
    ///
    /// @throws IllegalStateException when it could not be written
    void append(byte[] payload) {
        CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("the spool is closed");
            }
            waiting.add(new Waiting(payload, written));
            waitingBytes += payload.length;
            toWrite.signal();
        } finally {
            lock.unlock();
        }
        try {
            written.join();
        } catch (java.util.concurrent.CompletionException e) {
            throw new IllegalStateException(
                    "the spool " + folder + " could not be written: " + e.getCause(), e);
        }
    }

    private void write() {
        while (true) {
            List<Waiting> group = group();
            if (group.isEmpty()) {
                return;
            }
            try {
                SpoolSegment last = lastSegment();
                last.append(group.stream().map(Waiting::payload).toList());
                written(group);
                group.forEach(each -> each.written().complete(null));
            } catch (IOException | RuntimeException e) {
                written(group);
                group.forEach(each -> each.written().completeExceptionally(e));
            }
        }
    }

    /// Waits for payloads; empty when the spool is closed and all are written.
    private List<Waiting> group() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closing) {
                toWrite.awaitUninterruptibly();
            }
            List<Waiting> group = List.copyOf(waiting);
            waiting.clear();
            return group;
        } finally {
            lock.unlock();
        }
    }

    private SpoolSegment lastSegment() throws IOException {
        lock.lock();
        try {
            if (segments.getLast().size() >= SEGMENT_BYTES) {
                addSegment();
            }
            return segments.getLast();
        } finally {
            lock.unlock();
        }
    }

    private void written(List<Waiting> group) {
        lock.lock();
        try {
            waitingBytes -= group.stream().mapToLong(each -> each.payload().length).sum();
            toRead.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for payloads that nobody has taken yet; the same ones again until they are.
    ///
    /// @param mostBytes stops after the payload that reaches so many bytes
    /// @return null when the spool is closed
    @Nullable Batch next(long mostBytes) {
        lock.lock();
        try {
            while (true) {
                if (closing) {
                    return null;
                }
                List<SpoolSegment.Frame> frames =
                        segments.getFirst().frames(readPosition, mostBytes);
                if (!frames.isEmpty()) {
                    return new Batch(
                            frames.stream().map(SpoolSegment.Frame::payload).toList(),
                            frames.getLast().end());
                }
                if (segments.size() > 1) {
                    dropFirst();
                } else {
                    toRead.awaitUninterruptibly();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the spool " + folder + " cannot be read", e);
        } finally {
            lock.unlock();
        }
    }

    /// Confirms that a batch has been taken: it is not read again.
    void taken(Batch batch) {
        lock.lock();
        try {
            readPosition = batch.end();
        } finally {
            lock.unlock();
        }
    }

    private void dropFirst() throws IOException {
        segments.removeFirst().delete();
        readPosition = 0;
    }

    /// Writes what waits and stops. A spool whose payloads are all taken leaves no files.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            toWrite.signal();
            toRead.signal();
        } finally {
            lock.unlock();
        }
        try {
            writer.join();
            for (SpoolSegment segment : segments) {
                if (segment == segments.getFirst() && segment.size() == readPosition) {
                    segment.delete();
                } else {
                    segment.close();
                }
            }
            lockFile.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("the spool " + folder + " did not close", e);
        }
    }

    private void addSegment() throws IOException {
        segments.add(
                SpoolSegment.create(folder.resolve(String.format("%012d", nextSegment) + SUFFIX)));
        nextSegment++;
        // the file's name must be as safe as its content
        try (FileChannel directory = FileChannel.open(folder)) {
            directory.force(true);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        }
    }

    private static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().replace(SUFFIX, ""));
    }

    private FileChannel lockFolder() throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        }
        if (held == null) {
            channel.close();
            throw new IllegalStateException(
                    folder
                            + " is used by another process; give each replica its own"
                            + " gyre.completions.spool");
        }
        return channel;
    }
}
