package dev.gyre.cli.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gyre.embedded.PrivateFile;
import dev.gyre.embedded.ProcessMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A process that was started, in `run/<name>.json`. It is written for whoever comes after a crash:
/// only a process with this id and this very start time may be ended as a left-over.
///
/// @param name name of the process
/// @param mark process id and start time
/// @param portOffset what the run adds to every port
record RunRecord(String name, ProcessMark mark, int portOffset) {
    /// Name of the record of `gyre up` itself.
    static final String OWNER = "up";

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Writes the record.
    void write(GyreHome home) {
        ObjectNode node = JSON.createObjectNode();
        node.put("name", name);
        node.put("pid", mark.pid());
        node.put("start_millis", mark.startMillis());
        node.put("port_offset", portOffset);
        try {
            PrivateFile.write(file(home, name), node.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file(home, name), e);
        }
    }

    /// The record of a process, if it was started and not yet forgotten.
    static Optional<RunRecord> read(GyreHome home, String name) {
        return Files.exists(file(home, name)) ? parse(file(home, name)) : Optional.empty();
    }

    /// Every record, by name.
    static List<RunRecord> readAll(GyreHome home) {
        if (!Files.isDirectory(home.run())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(home.run())) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .flatMap(file -> parse(file).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + home.run(), e);
        }
    }

    /// Removes the record.
    void forget(GyreHome home) {
        try {
            Files.deleteIfExists(file(home, name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file(home, name), e);
        }
    }

    /// A file that cannot be read names no process, so it stands for none.
    private static Optional<RunRecord> parse(Path file) {
        try {
            JsonNode node = JSON.readTree(Files.readString(file));
            if (!node.path("name").isTextual()
                    || !node.path("pid").isIntegralNumber()
                    || !node.path("start_millis").isIntegralNumber()) {
                return Optional.empty();
            }
            return Optional.of(
                    new RunRecord(
                            node.path("name").asText(),
                            ProcessMark.of(
                                    node.path("pid").asLong(), node.path("start_millis").asLong()),
                            node.path("port_offset").asInt()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path file(GyreHome home, String name) {
        return home.run().resolve(name + ".json");
    }
}
