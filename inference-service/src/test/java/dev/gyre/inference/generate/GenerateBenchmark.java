package dev.gyre.inference.generate;

import dev.gyre.model.ImportSource;
import dev.gyre.model.ModelImport;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Measures the engine, without doors and events; `benchmarks/throughput` runs it beside others.
/// Not a test.
///
/// ```
/// GenerateBenchmark import FILE.gguf FOLDER
/// GenerateBenchmark run FOLDER VARIANT [sampled] [reproducible]
/// ```
///
/// `run` reads a number of streams from each line of its input and answers with `<tokens per
/// second> <ms per decode step>`, so that a script can take turns with others. The system property
/// `threads` sets the threads of a run.
final class GenerateBenchmark {
    private static final int PROMPT = 32;
    private static final int TOKENS = 128;

    private GenerateBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[arguments[0].equals("import") ? 2 : 1]);
        if (arguments[0].equals("import")) {
            Files.createDirectories(folder);
            ModelImport imported =
                    ModelImport.run(
                            new ImportSource.Gguf(Path.of(arguments[1]), null),
                            folder,
                            2,
                            (_, _) -> {});
            System.out.println(imported.parity());
            return;
        }
        boolean sampled = List.of(arguments).contains("sampled");
        boolean reproducible = List.of(arguments).contains("reproducible");
        int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
        Tokenizer tokenizer = TokenizerJson.load(folder.resolve("tokenizer.json"));
        OnnxModel model =
                OnnxModel.open(
                        folder.resolve("onnx").resolve(arguments[2]).resolve("model.onnx"),
                        new OnnxModel.Options(8, 1024, 64, threads));
        var metrics =
                new GenerateMetrics(
                        new SimpleMeterRegistry(), "benchmark", Throwable::printStackTrace);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Scheduler scheduler = new Scheduler(model, 64, reproducible, metrics)) {
            for (String line; (line = lines.readLine()) != null; ) {
                System.out.println(run(scheduler, tokenizer, Integer.parseInt(line), sampled));
            }
        }
    }

    private static String run(
            Scheduler scheduler, Tokenizer tokenizer, int streams, boolean sampled) {
        long start = System.nanoTime();
        List<Generation> running = new ArrayList<>();
        for (int stream = 0; stream < streams; stream++) {
            int[] prompt = new Random(stream).ints(PROMPT, 0, tokenizer.vocabularySize()).toArray();
            Sampling sampling =
                    new Sampling(
                            sampled ? 0.8 : 0,
                            0,
                            sampled ? 0.95 : 1,
                            0,
                            0,
                            1,
                            stream,
                            TOKENS,
                            List.of(),
                            true,
                            false);
            running.add(
                    scheduler.submit(
                            new Generation.Request(prompt, sampling, 0, Set.of(), tokenizer)));
        }
        long firstTokens = 0;
        for (Generation generation : running) {
            generation.next();
            firstTokens = System.nanoTime();
        }
        for (Generation generation : running) {
            while (generation.next().finish() == null) {
                // only the time counts
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double decode = (System.nanoTime() - firstTokens) / 1e6 / (TOKENS - 1);
        return "%.1f %.2f".formatted(streams * TOKENS / seconds, decode);
    }
}
