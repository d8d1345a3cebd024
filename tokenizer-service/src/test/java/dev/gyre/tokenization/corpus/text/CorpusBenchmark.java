package dev.gyre.tokenization.corpus.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.Vocabularies;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How fast each stage of the corpus pipeline is on one thread, and what the rules remove: run by
/// `benchmarks/corpus/run.sh`.
final class CorpusBenchmark {
    private static final int ROUNDS = 5;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /// Keeps the compiler from leaving work out whose result nobody looks at.
    private static long sink;

    private final List<String> texts = new ArrayList<>();
    private long bytes;

    private CorpusBenchmark(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(file)) {
            JsonNode document = json.readTree(line);
            String text = document.get("text").asText();
            texts.add(text);
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /// @param arguments a JSONL file with documents
    public static void main(String[] arguments) throws IOException {
        // As in the service. Where JBoss' log manager is left at its lowest level, the detector
        // spells out every n-gram: fifteen times its own work.
        Logger.getLogger("com.optimaize").setLevel(Level.INFO);
        Path file = Path.of(arguments[0]);
        CorpusBenchmark benchmark = new CorpusBenchmark(file);
        System.out.printf(
                Locale.ROOT,
                "%n%s: %,d documents, %.1f MB%n",
                file.getFileName(),
                benchmark.texts.size(),
                benchmark.bytes / 1e6);
        benchmark.stages(CorpusRules.DEFAULT);
        benchmark.removals(CorpusRules.DEFAULT);
    }

    private void stages(CorpusRules rules) throws IOException {
        LineRules lines = new LineRules(rules.lines());
        QualityRules quality = new QualityRules(rules.quality());
        RepetitionRules repetition = new RepetitionRules(rules.repetition());
        PersonalDataFilter personalData = new PersonalDataFilter(rules.personalData());
        DocumentCleaner cleaner = new DocumentCleaner(rules);
        MinHash minHash = new MinHash(rules.deduplication());
        Tokenizer tokenizer = Vocabularies.load("cl100k_base");
        int[] counts = new int[PersonalDataKind.values().length];
        System.out.printf("| %-22s | MB a CPU second |%n|---|---|%n", "stage");
        stage("normalise", text -> TextNormalizer.normalize(text).length());
        stage("personal data", text -> personalData.redact(text, counts).length());
        stage("line rules", text -> lines.apply(text).text().length());
        stage("words", text -> new Words(text).count());
        stage("quality rules", text -> quality.check(text, new Words(text)) == null ? 1 : 0);
        stage("repetition rules", text -> repetition.check(text, new Words(text)) == null ? 1 : 0);
        stage("language", text -> LanguageIdentifier.identify(text).code().length());
        stage("all of cleaning", text -> cleaner.clean(text).hashCode());
        stage("hash of the text", text -> ContentHash.of(text)[0]);
        stage("MinHash and bands", text -> minHash.bandKeys(minHash.signature(text)).length);
        stage("tokenise (cl100k)", text -> tokenizer.encode(text).length);
    }

    private void stage(String name, ToIntFunction<String> work) {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadCpuTime();
            for (String text : texts) {
                sink += work.applyAsInt(text);
            }
            long nanos = THREADS.getCurrentThreadCpuTime() - before;
            best = Math.max(best, bytes / 1e6 / (nanos / 1e9));
        }
        System.out.printf(Locale.ROOT, "| %-22s | %,.1f |%n", name, best);
    }

    private void removals(CorpusRules rules) {
        DocumentCleaner cleaner = new DocumentCleaner(rules);
        Map<String, Integer> removed = new TreeMap<>();
        for (String text : texts) {
            String what =
                    switch (cleaner.clean(text)) {
                        case Verdict.Kept _ -> "(kept)";
                        case Verdict.Removed(String rule, _) -> rule;
                    };
            removed.merge(what, 1, Integer::sum);
        }
        System.out.println("before de-duplication: " + removed + (sink == 0 ? "" : " "));
    }
}
