package dev.gyre.trainer.workers;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Reads a process's output line by line, never more than [#MAX_CHARACTERS] at once into memory.
final class Lines {
    static final int MAX_CHARACTERS = 65_536;

    private Lines() {}

    /// Gives each line to `line` until the stream ends. A longer line comes in pieces; characters
    /// that PostgreSQL cannot keep become U+FFFD.
    static void forEach(InputStream stream, Consumer<String> line) {
        try (Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
            var piece = new StringBuilder();
            var buffer = new char[8192];
            for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    char next = buffer[i];
                    if (next == '\n' || piece.length() == MAX_CHARACTERS) {
                        line.accept(piece.toString());
                        piece.setLength(0);
                    }
                    if (next != '\n') {
                        piece.append(next == 0 ? '\uFFFD' : next);
                    }
                }
            }
            if (!piece.isEmpty()) {
                line.accept(piece.toString());
            }
        } catch (IOException _) {
            // The pipe of a killed process breaks instead of ending.
        }
    }
}
