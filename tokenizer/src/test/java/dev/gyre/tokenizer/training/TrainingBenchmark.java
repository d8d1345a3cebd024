package dev.gyre.tokenizer.training;

import dev.gyre.tokenizer.ProcessClock;
import dev.gyre.tokenizer.bpe.BpeModel;
import dev.gyre.tokenizer.training.TrainingSettings.ByteLevelBpe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/// Trains byte-level BPE for `benchmarks/tokenizer/training.py`, which runs it beside others. Not a
/// test.
///
/// Arguments: a file; how often its text is read; tokens; threads; MB of memory; `merges`, `again`
/// to train twice in this process and tell the CPU time of the second as well, or `naive` for
/// counting all pairs anew after each merge, as the textbook's algorithm does. Prints a JSON object
/// with seconds and what was learned.
final class TrainingBenchmark {
    private TrainingBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        int repeats = Integer.parseInt(arguments[1]);
        ByteLevelBpe settings = new ByteLevelBpe(Integer.parseInt(arguments[2]), List.of());
        TrainingResources resources =
                TrainingResources.standard()
                        .withThreads(Integer.parseInt(arguments[3]))
                        .withMemoryBytes(Long.parseLong(arguments[4]) << 20);
        double first = 0;
        if (arguments[5].equals("again")) {
            try (TokenizerTraining training = new TokenizerTraining(settings, resources)) {
                training.addFile(file, TextUnit.DOCUMENT);
                training.train();
            }
            first = cpu();
        }
        long start = System.nanoTime();
        if (arguments[5].equals("naive")) {
            System.out.println(naive(Files.readAllBytes(file), settings, resources));
            return;
        }
        try (TokenizerTraining training = new TokenizerTraining(settings, resources)) {
            for (int i = 0; i < repeats; i++) {
                training.addFile(file, TextUnit.DOCUMENT);
            }
            long read = System.nanoTime();
            TrainedTokenizer trained = training.train();
            TrainingReport report = trained.report();
            BpeModel model = (BpeModel) trained.tokenizer().definition().model();
            System.out.printf(
                    "{\"cpu\": %.3f, \"again\": %.3f, \"wall\": %.3f, \"reading\": %.3f, \"merges\": %d, \"pieces\": %d, \"dropped\": %d, \"spilled\": %d, \"checksum\": %d}%n",
                    first == 0 ? cpu() : first,
                    first == 0 ? 0 : cpu() - first,
                    (System.nanoTime() - start) / 1e9,
                    (read - start) / 1e9,
                    report.learned(),
                    report.differentPieces(),
                    report.droppedPieces(),
                    report.spilledBytes(),
                    checksum(model.merges()));
        }
    }

    private static double cpu() {
        return ProcessClock.nanos() / 1e9;
    }

    private static long checksum(List<BpeModel.Merge> merges) {
        CRC32 checksum = new CRC32();
        for (BpeModel.Merge merge : merges) {
            String line = merge.left() + " " + merge.right() + "\n";
            checksum.update(line.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return checksum.getValue();
    }

    /// O(N·V): all pairs are counted, the most frequent is merged everywhere, again and again.
    private static String naive(byte[] text, ByteLevelBpe settings, TrainingResources resources)
            throws IOException {
        List<int[]> words = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        try (PieceCounter counter =
                new PieceCounter(
                        () -> new TextCutters.Pattern(settings.pattern().scanner()), resources)) {
            byte[] padded = java.util.Arrays.copyOf(text, text.length + 16);
            counter.add(padded, 0, text.length, 1);
            counter.finish()
                    .forEach(
                            (bytes, from, length, count) -> {
                                int[] word = new int[length];
                                for (int i = 0; i < length; i++) {
                                    word[i] = bytes[from + i] & 0xFF;
                                }
                                words.add(word);
                                counts.add(count);
                            });
        }
        double counted = cpu();
        int merges = 0;
        for (int id = 256; id < settings.vocabularySize(); id++, merges++) {
            Map<Long, Long> pairs = new HashMap<>();
            for (int w = 0; w < words.size(); w++) {
                int[] word = words.get(w);
                for (int i = 0; i + 1 < word.length; i++) {
                    pairs.merge((long) word[i] << 32 | word[i + 1], counts.get(w), Long::sum);
                }
            }
            long best = -1;
            long most = 0;
            for (Map.Entry<Long, Long> pair : pairs.entrySet()) {
                if (pair.getValue() > most) {
                    most = pair.getValue();
                    best = pair.getKey();
                }
            }
            if (best < 0) {
                break;
            }
            for (int w = 0; w < words.size(); w++) {
                words.set(w, merged(words.get(w), (int) (best >>> 32), (int) best, id));
            }
        }
        return "{\"cpu\": %.3f, \"merging\": %.3f, \"merges\": %d}"
                .formatted(cpu(), cpu() - counted, merges);
    }

    private static int[] merged(int[] word, int left, int right, int id) {
        int[] shorter = new int[word.length];
        int size = 0;
        for (int i = 0; i < word.length; i++) {
            boolean pair = i + 1 < word.length && word[i] == left && word[i + 1] == right;
            shorter[size++] = pair ? id : word[i];
            i += pair ? 1 : 0;
        }
        return size == word.length ? word : java.util.Arrays.copyOf(shorter, size);
    }
}
