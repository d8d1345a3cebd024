package dev.gyre.tokenizer.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Loads files within a limit, names them where they are refused, and writes them.
final class TokenizerFiles {
    private TokenizerFiles() {}

    /// @throws IllegalArgumentException if the file is over the limit or the parser refuses it
    /// @throws UncheckedIOException if it cannot be read
    static <T> T load(Path file, long mostBytes, Function<byte[], T> parser) {
        try {
            long size = Files.size(file);
            if (size > mostBytes) {
                throw new IllegalArgumentException(
                        "%d bytes, the limit is %d".formatted(size, mostBytes));
            }
            return parser.apply(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// Writes a file, replacing one that is there.
    ///
    /// @throws UncheckedIOException if it cannot be written
    static void save(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// The lines of a text file, each ended by LF or CRLF.
    ///
    /// @throws IllegalArgumentException if it is not UTF-8
    static List<String> lines(byte[] file) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the file is not valid UTF-8", e);
        }
        List<String> lines = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int found = text.indexOf('\n', start);
            int next = found < 0 ? text.length() : found + 1;
            int end = found < 0 ? next : found;
            boolean carriage = found > start && text.charAt(found - 1) == '\r';
            lines.add(text.substring(start, carriage ? end - 1 : end));
            start = next;
        }
        return lines;
    }

    /// A text as it is shown in a message.
    static String shorten(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
