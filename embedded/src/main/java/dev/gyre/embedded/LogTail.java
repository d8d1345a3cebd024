package dev.gyre.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The end of a log file.
public final class LogTail {
    private static final int MAX_LINE_BYTES = 400;

    private LogTail() {}

    /// Last lines of a file; a message in their place when it cannot be read.
    ///
    /// @param log the file
    /// @param lines number of lines at most
    public static String of(Path log, int lines) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - (long) lines * MAX_LINE_BYTES);
            file.seek(start);
            byte[] bytes = new byte[Math.toIntExact(file.length() - start)];
            file.readFully(bytes);
            List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(" + log + " cannot be read: " + e.getMessage() + ")";
        }
    }
}
