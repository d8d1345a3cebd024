import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.training.wordnet.WordNetText;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// Makes documents as `gyre corpus add` reads them: wordnet.jsonl, jargon.jsonl (an entry of the
/// Jargon File is a document) and, where there are novels, novels.jsonl (some 4,000 characters of
/// whole paragraphs are a document).
///
/// usage: java CorpusTexts.java FOLDER [novels.txt.gz]; FOLDER holds jargon.txt.gz
final class CorpusTexts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NOVEL_CHARACTERS = 4_000;

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        write(folder.resolve("wordnet.jsonl"), WordNetText.make().trainDocuments());
        write(folder.resolve("jargon.jsonl"), entries(lines(folder.resolve("jargon.txt.gz"))));
        if (arguments.length > 1) {
            write(folder.resolve("novels.jsonl"), pieces(lines(Path.of(arguments[1]))));
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }

    private static List<String> entries(List<String> lines) {
        List<String> entries = new ArrayList<>();
        StringBuilder entry = new StringBuilder();
        for (String line : lines) {
            if (line.startsWith("   :") && !entry.isEmpty()) {
                entries.add(entry.toString());
                entry.setLength(0);
            }
            entry.append(line.strip()).append('\n');
        }
        entries.add(entry.toString());
        return entries;
    }

    private static List<String> pieces(List<String> lines) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        for (String line : lines) {
            piece.append(line).append('\n');
            if (line.isBlank() && piece.length() >= NOVEL_CHARACTERS) {
                pieces.add(piece.toString());
                piece.setLength(0);
            }
        }
        pieces.add(piece.toString());
        return pieces;
    }

    private static void write(Path file, List<String> documents) throws IOException {
        String name = String.valueOf(file.getFileName()).replace(".jsonl", "");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int number = 0; number < documents.size(); number++) {
                String id = "%s-%06d".formatted(name, number);
                out.append(
                        JSON.writeValueAsString(Map.of("id", id, "text", documents.get(number))));
                out.append('\n');
            }
        }
        System.out.printf("%s: %,d documents, %,d bytes%n", file, documents.size(), Files.size(file));
    }
}
