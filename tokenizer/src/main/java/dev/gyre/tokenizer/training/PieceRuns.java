package dev.gyre.tokenizer.training;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The runs of one training that were spilled to disk, in a folder of their own, which goes with
/// them. Runs may be added by several threads.
final class PieceRuns implements PieceSource, AutoCloseable {
    /// Runs that are read at the same time: more are merged into longer ones first.
    static final int FAN_IN = 32;

    private static final int LARGEST_BUFFER = 1 << 16;
    private static final int SMALLEST_BUFFER = 1 << 12;

    private final Path parent;
    private final int bufferBytes;
    private final List<Path> runs = new ArrayList<>();
    private @Nullable Path folder;
    private int written;
    private long spilledBytes;

    /// @param parent folder in which the runs' folder is made
    /// @param memoryBytes bytes that the buffers of a merge may take about an eighth of
    PieceRuns(Path parent, long memoryBytes) {
        this.parent = parent;
        bufferBytes = Math.clamp(memoryBytes / (8L * FAN_IN), SMALLEST_BUFFER, LARGEST_BUFFER);
    }

    /// Writes the pieces of a table.
    void spill(PieceCounts counts) throws IOException {
        Path file = newFile();
        try (PieceRun.Writer out = new PieceRun.Writer(file, bufferBytes)) {
            for (int piece : counts.sorted()) {
                out.write(
                        counts.bytes(),
                        counts.start(piece),
                        counts.length(piece),
                        counts.count(piece));
            }
            out.finish();
        }
        add(file);
    }

    private synchronized Path newFile() throws IOException {
        if (folder == null) {
            Files.createDirectories(parent);
            folder = Files.createTempDirectory(parent, "tokenizer-training-");
        }
        return folder.resolve("run-" + written++);
    }

    private synchronized void add(Path file) throws IOException {
        runs.add(file);
        spilledBytes += Files.size(file);
    }

    synchronized boolean isEmpty() {
        return runs.isEmpty();
    }

    /// Bytes that were written to disk, the runs that were merged again included.
    synchronized long spilledBytes() {
        return spilledBytes;
    }

    @Override
    public void forEach(Visitor visitor) throws IOException {
        while (runs.size() > FAN_IN) {
            List<Path> first = List.copyOf(runs.subList(0, FAN_IN));
            Path file = newFile();
            try (PieceRun.Writer out = new PieceRun.Writer(file, bufferBytes)) {
                merge(first, out::write);
                out.finish();
            }
            for (Path merged : first) {
                Files.delete(merged);
            }
            runs.subList(0, FAN_IN).clear();
            add(file);
        }
        merge(runs, visitor);
    }

    /// Goes through runs side by side; equal pieces become one.
    private void merge(List<Path> files, Visitor visitor) throws IOException {
        List<PieceRun.Reader> readers = new ArrayList<>();
        try {
            PriorityQueue<PieceRun.Reader> heads = new PriorityQueue<>(PieceRun.Reader::compareTo);
            for (Path file : files) {
                PieceRun.Reader reader = new PieceRun.Reader(file, bufferBytes);
                readers.add(reader);
                if (reader.next()) {
                    heads.add(reader);
                }
            }
            List<PieceRun.Reader> equal = new ArrayList<>();
            while (!heads.isEmpty()) {
                PieceRun.Reader first = heads.remove();
                long count = first.count();
                equal.add(first);
                while (!heads.isEmpty() && heads.element().compareTo(first) == 0) {
                    count = Math.addExact(count, heads.element().count());
                    equal.add(heads.remove());
                }
                visitor.visit(first.bytes(), 0, first.length(), count);
                for (PieceRun.Reader reader : equal) {
                    if (reader.next()) {
                        heads.add(reader);
                    }
                }
                equal.clear();
            }
        } finally {
            for (PieceRun.Reader reader : readers) {
                reader.close();
            }
        }
    }

    /// Deletes the runs.
    @Override
    public synchronized void close() throws IOException {
        runs.clear();
        Path written = folder;
        if (written == null) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(written)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(written);
        folder = null;
    }
}
