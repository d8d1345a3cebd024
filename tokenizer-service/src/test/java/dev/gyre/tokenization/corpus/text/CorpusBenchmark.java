package dev.gyre.tokenization.corpus.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// Measures each stage of the corpus rules on one thread. Not a test.
///
/// ```
/// CorpusBenchmark FILE.txt [characters of a document, 5000]
/// ```
///
/// Prints the best of five rounds of each stage in MB (10^6 bytes of UTF-8) a second.
final class CorpusBenchmark {
    private static final int ROUNDS = 5;

    private CorpusBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        String text = Files.readString(Path.of(arguments[0]));
        int size = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5_000;
        List<String> raw = documents(text, size);
        List<String> documents = raw.stream().map(TextNormalizer::normalize).toList();
        double megabytes = text.getBytes(StandardCharsets.UTF_8).length / 1e6;
        System.out.printf("%.1f MB in %d documents%n", megabytes, documents.size());
        CorpusRules rules = CorpusRules.DEFAULT;
        QualityRules quality = new QualityRules(rules.quality());
        RepetitionRules repetition = new RepetitionRules(rules.repetition());
        LineRules lines = new LineRules(rules.lines());
        PersonalDataFilter personalData = new PersonalDataFilter(rules.personalData());
        MinHash minHash = new MinHash(rules.deduplication());
        DocumentCleaner cleaner = new DocumentCleaner(rules);
        int[] counts = new int[PersonalDataKind.values().length];
        measure("normalise", raw, megabytes, each -> TextNormalizer.normalize(each).length());
        measure("lines", documents, megabytes, each -> lines.apply(each).text().length());
        measure(
                "quality",
                documents,
                megabytes,
                each -> quality.check(each, new Words(each)) == null ? 1 : 0);
        measure(
                "repetition",
                documents,
                megabytes,
                each -> repetition.check(each, new Words(each)) == null ? 1 : 0);
        measure(
                "language",
                documents,
                megabytes,
                each -> LanguageIdentifier.identify(each).code().length());
        measure(
                "personal data",
                documents,
                megabytes,
                each -> personalData.redact(each, counts).length());
        measure("exact hash", documents, megabytes, each -> ContentHash.of(each)[0]);
        measure("MinHash", documents, megabytes, each -> minHash.signature(each)[0]);
        measure(
                "clean, all of it",
                raw,
                megabytes,
                each -> cleaner.clean(each) instanceof Verdict.Kept ? 1 : 0);
    }

    private static List<String> documents(String text, int size) {
        List<String> documents = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = start + size < text.length() ? text.indexOf('\n', start + size) + 1 : 0;
            end = end > 0 ? end : text.length();
            documents.add(text.substring(start, end));
            start = end;
        }
        return documents;
    }

    private static void measure(
            String stage, List<String> documents, double megabytes, ToLongFunction<String> work) {
        double best = 0;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            sum = 0;
            for (String document : documents) {
                sum += work.applyAsLong(document);
            }
            best = Math.max(best, megabytes / (System.nanoTime() - start) * 1e9);
        }
        System.out.printf("%-18s %8.1f MB/s   (sum %d)%n", stage, best, sum);
    }
}
