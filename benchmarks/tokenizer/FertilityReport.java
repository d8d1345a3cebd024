import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.SentencePieceFile;
import dev.gyre.tokenizer.formats.TokenizerJson;
import dev.gyre.tokenizer.report.Fertility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Measures every vocabulary on every text that `fertility.py` has fetched, and prints Markdown.
///
/// `java -cp tokenizer/target/classes:JACKSON benchmarks/tokenizer/FertilityReport.java FOLDER`
void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Map<String, Tokenizer> tokenizers = new TreeMap<>();
    for (Path file : list(folder.resolve("vocabularies"))) {
        tokenizers.put(
                name(file),
                file.toString().endsWith(".json")
                        ? TokenizerJson.load(file)
                        : SentencePieceFile.load(file));
    }
    Map<String, Map<String, Fertility>> rows = new TreeMap<>();
    for (Path file : list(folder.resolve("texts"))) {
        String text = Files.readString(file);
        Map<String, Fertility> row = new TreeMap<>();
        tokenizers.forEach(
                (name, tokenizer) ->
                        row.put(name, Fertility.measure(tokenizer, name, name(file), text)));
        rows.put(name(file), row);
    }
    table("Tokens per word", rows, Fertility::tokensPerWord);
    table("Bytes per token", rows, Fertility::bytesPerToken);
    table("Characters per token", rows, Fertility::charactersPerToken);
    IO.println("\n| vocabulary | ids | tied, M | untied, M |\n|---|---|---|---|");
    tokenizers.forEach(
            (name, tokenizer) -> {
                double tied = tokenizer.vocabularySize() * 4096.0 / 1e6;
                IO.println(
                        String.format(
                                Locale.ROOT,
                                "| %s | %,d | %.0f | %.0f |",
                                name,
                                tokenizer.vocabularySize(),
                                tied,
                                2 * tied));
            });
}

List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
        return files.sorted().toList();
    }
}

String name(Path file) {
    return file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
}

void table(
        String title,
        Map<String, Map<String, Fertility>> rows,
        ToDoubleFunction<Fertility> figure) {
    List<String> names = new ArrayList<>(rows.values().iterator().next().keySet());
    IO.println("\n" + title + "\n\n| text | words | " + String.join(" | ", names) + " |");
    IO.println("|---|---|" + "---|".repeat(names.size()));
    rows.forEach(
            (text, row) -> {
                StringBuilder line = new StringBuilder("| " + text + " | ");
                line.append(
                        String.format(
                                Locale.ROOT, "%,d |", row.values().iterator().next().words()));
                for (String name : names) {
                    line.append(
                            String.format(
                                    Locale.ROOT, " %.2f |", figure.applyAsDouble(row.get(name))));
                }
                IO.println(line);
            });
}
