package dev.gyre.cli.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Log files that do not grow for ever.
final class LogFile {
    private static final long MAX_BYTES = 16L << 20;

    private LogFile() {}

    /// The file to append to. A file over 16 MB is kept once, as `….log.1`, and begun anew.
    static Path rolled(Path log) {
        try {
            if (Files.exists(log) && Files.size(log) > MAX_BYTES) {
                Files.move(
                        log,
                        log.resolveSibling(log.getFileName() + ".1"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot roll " + log, e);
        }
    }
}
