package dev.gyre.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// An artifact store in a folder, local or a shared volume.
///
/// A file is written beside its place, forced to the disk, and then renamed (or linked, where it
/// must not replace another), so that a crash leaves no torn file under a final name.
final class FolderStore implements ArtifactStore {
    /// Unfinished files; no artifact path can name it.
    private static final String UNFINISHED = ".unfinished";

    private final Path root;

    private FolderStore(Path root) {
        this.root = root;
    }

    static FolderStore open(Path folder) throws IOException {
        Path root = folder.toAbsolutePath().normalize();
        Files.createDirectories(root.resolve(UNFINISHED));
        return new FolderStore(root);
    }

    @Override
    public InputStream read(String path) throws IOException {
        return Files.newInputStream(existing(path));
    }

    @Override
    public long size(String path) throws IOException {
        return Files.size(existing(path));
    }

    @Override
    public boolean exists(String path) {
        return Files.isRegularFile(place(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        Path folder = prefix.isEmpty() ? root : place(prefix);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> root.relativize(file).toString())
                    .filter(path -> !path.startsWith(UNFINISHED))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public List<String> folders(String prefix) throws IOException {
        Path folder = prefix.isEmpty() ? root : place(prefix);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(Files::isDirectory)
                    .map(child -> child.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void write(String path, byte[] content) throws IOException {
        moveIntoPlace(unfinished(content), place(path));
    }

    @Override
    public void upload(String path, Path source) throws IOException {
        Path unfinished = unfinishedPath();
        Files.copy(source, unfinished);
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        moveIntoPlace(unfinished, place(path));
    }

    @Override
    public boolean writeIfAbsent(String path, byte[] content) throws IOException {
        Path place = place(path);
        Files.createDirectories(parent(place));
        Path unfinished = unfinished(content);
        try {
            Files.createLink(place, unfinished);
            force(parent(place));
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        } finally {
            Files.delete(unfinished);
        }
    }

    @Override
    public void deleteAll(String folder) throws IOException {
        Path place = place(folder);
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(place)) {
            for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
        force(parent(place));
    }

    private Path place(String path) {
        return root.resolve(ArtifactStore.checkPath(path));
    }

    private Path existing(String path) throws IOException {
        Path place = place(path);
        if (!Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(path, null, "no such artifact");
        }
        return place;
    }

    private Path unfinishedPath() {
        return root.resolve(UNFINISHED).resolve(UUID.randomUUID().toString());
    }

    private Path unfinished(byte[] content) throws IOException {
        Path unfinished = unfinishedPath();
        try (FileChannel channel =
                FileChannel.open(
                        unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        return unfinished;
    }

    private static void moveIntoPlace(Path unfinished, Path place) throws IOException {
        Files.createDirectories(parent(place));
        Files.move(
                unfinished,
                place,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        force(parent(place));
    }

    private static Path parent(Path place) {
        Path parent = place.getParent();
        if (parent == null) {
            throw new IllegalStateException(place + " has no parent");
        }
        return parent;
    }

    /// Makes a rename in a folder durable; a folder's entries are forced like a file's content.
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
