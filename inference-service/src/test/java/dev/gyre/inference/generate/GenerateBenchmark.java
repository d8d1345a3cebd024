package dev.gyre.inference.generate;

import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.TokenizerJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Measures tokens per second of a package at 1 and more streams; not a test.
///
/// ```
/// java -cp … dev.gyre.inference.generate.GenerateBenchmark FOLDER VARIANT [greedy|sampled] [reproducible]
/// ```
///
/// Beside wall time it tells the CPU time that the JVM took for a token, which a busy machine
/// disturbs less. Threads spin during a run, so it is an upper limit.
final class GenerateBenchmark {
    private static final int PROMPT = 32;
    private static final int TOKENS = 128;
    private static final int ROUNDS = 3;

    private GenerateBenchmark() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        boolean sampled = List.of(arguments).contains("sampled");
        boolean reproducible = List.of(arguments).contains("reproducible");
        int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
        Tokenizer tokenizer = TokenizerJson.load(folder.resolve("tokenizer.json"));
        OnnxModel model =
                OnnxModel.open(
                        folder.resolve("onnx").resolve(arguments[1]).resolve("model.onnx"),
                        new OnnxModel.Options(8, 1024, 64, threads));
        try (Scheduler scheduler =
                new Scheduler(
                        model,
                        64,
                        reproducible,
                        new GenerateMetrics(
                                new SimpleMeterRegistry(),
                                "benchmark",
                                Throwable::printStackTrace))) {
            run(scheduler, tokenizer, 8, sampled);
            for (int round = 0; round < ROUNDS; round++) {
                for (int streams : new int[] {1, 2, 4, 8}) {
                    run(scheduler, tokenizer, streams, sampled);
                }
            }
        }
    }

    private static void run(
            Scheduler scheduler, Tokenizer tokenizer, int streams, boolean sampled) {
        long cpu = cpuNanos();
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
        System.out.printf(
                "%d streams: %6.1f tokens/s, %6.1f ms a decode step, %6.1f ms CPU a token%n",
                streams,
                streams * TOKENS / seconds,
                decode,
                (cpuNanos() - cpu) / 1e6 / (streams * TOKENS));
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
