package dev.gyre.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.ExitStatus;
import dev.gyre.proto.corpus.v1.Document;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Documents out of files: JSONL has one a line, with `id` and `text`; every other file is one
/// document, whose id is its path.
final class DocumentFiles {
    /// Longest document in bytes, as the service has it.
    static final int MAX_BYTES = 4 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private DocumentFiles() {}

    /// Takes documents; may throw to end the reading.
    interface Taker {
        void take(Document document) throws IOException, InterruptedException;
    }

    /// A file with the id that it gives a document.
    record Found(Path file, String id) {
        boolean isLines() {
            return id.endsWith(".jsonl");
        }
    }

    /// All files of a place, sorted.
    static List<Found> find(Path place) throws IOException {
        if (Files.isRegularFile(place)) {
            return List.of(new Found(place, String.valueOf(place.getFileName())));
        }
        if (!Files.isDirectory(place)) {
            throw new CliException(
                    ExitStatus.USAGE,
                    "there is no file or folder " + place + "; '-' is standard input");
        }
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> new Found(file, place.relativize(file).toString()))
                    .toList();
        }
    }

    static void read(Found found, Taker taker) throws IOException, InterruptedException {
        if (found.isLines()) {
            try (InputStream in = Files.newInputStream(found.file())) {
                readLines(in, found.file().toString(), taker);
            }
            return;
        }
        long bytes = Files.size(found.file());
        if (bytes > MAX_BYTES) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "%s has %d bytes, a document at most %d; split it, or send it as JSONL"
                            .formatted(found.file(), bytes, MAX_BYTES));
        }
        taker.take(
                Document.newBuilder()
                        .setId(found.id())
                        .setText(text(Files.readAllBytes(found.file()), found.file().toString()))
                        .build());
    }

    private static String text(byte[] bytes, String name) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException malformed) {
            throw new CliException(
                    ExitStatus.FAILED, name + " is not UTF-8 text; convert it or leave it out");
        }
    }

    /// @param name stands in messages
    static void readLines(InputStream in, String name, Taker taker)
            throws IOException, InterruptedException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        long number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank()) {
                taker.take(document(line, name + ", line " + number));
            }
        }
    }

    private static Document document(String line, String place) {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JsonProcessingException malformed) {
            throw new CliException(
                    ExitStatus.FAILED, place + " is no JSON: " + malformed.getOriginalMessage());
        }
        if (!json.path("id").isTextual() || !json.path("text").isTextual()) {
            throw new CliException(
                    ExitStatus.FAILED,
                    place + " must be an object with the strings \"id\" and \"text\"");
        }
        return Document.newBuilder()
                .setId(json.get("id").textValue())
                .setText(json.get("text").textValue())
                .build();
    }
}
