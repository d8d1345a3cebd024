package dev.gyre.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs, unpacked once out of the jar they come in.
final class PostgresBinaries {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    private PostgresBinaries() {}

    /// Folder with `bin`, `lib` and `share`; unpacks it where it is missing. Safe to be called by
    /// several processes at once.
    ///
    /// @param folder folder under which the binaries are kept
    static Path unpackedIn(Path folder) {
        Path home = folder.resolve("home").toAbsolutePath();
        try {
            Files.createDirectories(folder);
            try (FileChannel lock =
                    FileChannel.open(
                            folder.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE)) {
                lock.lock();
                if (!archiveName().equals(unpackedArchive(home))) {
                    unpack(folder, home);
                }
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack PostgreSQL into " + folder, e);
        }
    }

    /// The jar's address names the version: another version is unpacked anew.
    private static String archiveName() {
        var url = PostgresBinaries.class.getResource(ARCHIVE);
        if (url == null) {
            throw new IllegalStateException(
                    "PostgreSQL's binaries for linux-x86_64 are not on the class path; Gyre runs on"
                            + " linux-x86_64 only");
        }
        String text = url.toString();
        int end = text.indexOf(".jar!");
        return end < 0 ? text : text.substring(text.lastIndexOf('/', end) + 1, end);
    }

    private static String unpackedArchive(Path home) throws IOException {
        Path stamp = home.resolve("archive");
        return Files.exists(stamp) ? Files.readString(stamp) : "";
    }

    private static void unpack(Path folder, Path home) throws IOException {
        Path part = folder.resolve("home.part");
        delete(part);
        delete(home);
        Files.createDirectories(part);
        try (InputStream jar = PostgresBinaries.class.getResourceAsStream(ARCHIVE);
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(jar))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                unpack(tar, entry, part);
            }
        }
        Files.writeString(part.resolve("archive"), archiveName());
        Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path part)
            throws IOException {
        Path target = part.resolve(entry.getName()).normalize();
        if (!target.startsWith(part)) {
            throw new IOException("archive entry outside of its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(target, part.resolve(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target,
                    PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /// Deletes a folder with all that is in it; nothing happens when it does not exist.
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
