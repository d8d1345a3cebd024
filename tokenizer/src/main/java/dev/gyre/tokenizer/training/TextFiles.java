package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.text.Utf8Check;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads UTF-8 from files and streams, gzip or not, in parts of whole characters.
final class TextFiles {
    private static final int BUFFER = 1 << 16;

    private TextFiles() {}

    /// Reads a file into a feed; it is gzip if it begins as gzip does.
    static void read(Path file, TextFeed feed) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            in.mark(2);
            boolean zipped = in.read() == 0x1F && in.read() == 0x8B;
            in.reset();
            if (zipped) {
                try (InputStream unzipped = new GZIPInputStream(in, BUFFER)) {
                    read(unzipped, file.toString(), feed);
                }
            } else {
                read(in, file.toString(), feed);
            }
        } catch (EOFException | ZipException e) {
            throw new IOException(
                    "%s is a damaged gzip file (%s); fetch it again"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /// Reads a stream into a feed and ends the text.
    ///
    /// @throws IllegalArgumentException if it is no UTF-8, with the place
    static void read(InputStream in, String name, TextFeed feed) throws IOException {
        byte[] buffer = new byte[BUFFER + PieceCounts.PADDING];
        int kept = 0;
        long before = 0;
        int read = in.read(buffer, 0, BUFFER);
        while (read >= 0) {
            int length = kept + read;
            int valid = Utf8Check.validLength(buffer, length);
            if (length - valid > 3 || valid < length && !Utf8Check.mayGoOn(buffer, valid, length)) {
                throw invalid(name, before + valid);
            }
            feed.append(buffer, 0, valid);
            kept = length - valid;
            before += valid;
            System.arraycopy(buffer, valid, buffer, 0, kept);
            read = in.read(buffer, kept, BUFFER - kept);
        }
        if (kept > 0) {
            throw invalid(name, before);
        }
        feed.end();
    }

    private static IllegalArgumentException invalid(String name, long position) {
        return new IllegalArgumentException(
                "%s is not UTF-8: the byte at %d begins no character; convert it first"
                        .formatted(name, position));
    }
}
