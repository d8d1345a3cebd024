package dev.gyre.cli.client;

import dev.gyre.cli.machine.CliException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Text files read one after another, part by part. Files must be UTF-8; those whose name ends in
/// `.gz` are unpacked, and `-` is standard input.
final class TextReader {
    private static final int PART_CHARACTERS = 256 << 10;

    private final List<Path> files;
    private final char[] buffer = new char[PART_CHARACTERS];
    private final long startNanos = System.nanoTime();
    private int index = -1;
    private @Nullable Reader reader;
    private long characters;

    /// @throws CliException if a file is not there
    TextReader(List<Path> files) {
        this.files = files;
        for (Path file : files) {
            if (!isStandardInput(file) && !Files.isRegularFile(file)) {
                throw new CliException("there is no file " + file);
            }
        }
    }

    private static boolean isStandardInput(Path file) {
        return file.toString().equals("-");
    }

    /// The whole text of a file.
    static String whole(Path file) throws IOException {
        TextReader reader = new TextReader(List.of(file));
        StringBuilder text = new StringBuilder();
        for (String part = reader.next(); part != null; part = reader.next()) {
            text.append(part);
        }
        return text.toString();
    }

    /// The next part, cut anywhere but in a character; `null` at the end of the last file.
    ///
    /// @throws CliException if a file is no valid UTF-8
    @Nullable String next() throws IOException {
        while (true) {
            Reader open = reader;
            if (open == null) {
                if (++index == files.size()) {
                    return null;
                }
                open = open(files.get(index));
                reader = open;
            }
            try {
                int count = open.read(buffer, 0, buffer.length - 1);
                if (count > 0 && Character.isHighSurrogate(buffer[count - 1])) {
                    int low = open.read();
                    if (low >= 0) {
                        buffer[count++] = (char) low;
                    }
                }
                if (count >= 0) {
                    characters += count;
                    return new String(buffer, 0, count);
                }
            } catch (CharacterCodingException malformed) {
                throw new CliException(
                        "%s is no valid UTF-8 after about %d characters; convert it first, for example with iconv"
                                .formatted(files.get(index), characters));
            }
            open.close();
            reader = null;
        }
    }

    private static Reader open(Path file) throws IOException {
        InputStream in = isStandardInput(file) ? System.in : Files.newInputStream(file);
        if (file.toString().endsWith(".gz")) {
            in = new GZIPInputStream(in, 1 << 16);
        }
        return new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    /// How far it is, with the rate.
    String progress() {
        double seconds = Math.max(1e-3, (System.nanoTime() - startNanos) / 1e9);
        return "file %d of %d, %.1f million characters, %.1f million a second"
                .formatted(
                        Math.min(index + 1, files.size()),
                        files.size(),
                        characters / 1e6,
                        characters / 1e6 / seconds);
    }
}
