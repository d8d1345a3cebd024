package dev.gyre.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.cli.demo.Demo;
import dev.gyre.cli.demo.DemoReport;
import dev.gyre.proto.training.v1.JobSpec;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// `./gyre demo`, but small: a small starter of few steps, one round, few prompts. What a full one
/// must reach is too much to ask of it; that it runs to its table, and that no coin passes the
/// gate, is not.
class DemoTest {
    private static final JobSpec STARTER =
            JobSpec.newBuilder()
                    .setPretrain(
                            TinyModel.tiny()
                                    .setModelName("starter")
                                    .setSteps(60)
                                    .addVariants("fp32"))
                    .build();
    private static final Demo.Size SIZE = new Demo.Size(1, 64, 64);
    private static final Duration LIMIT = Duration.ofMinutes(8);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void aSmallDemoRunsToItsTableAndNoCoinPasses() throws Exception {
        try (LocalGyre gyre = LocalGyre.start(folder, Map.of());
                Operator operator = new Operator(gyre, "olga")) {
            operator.trainAndServe(STARTER, LIMIT);
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

            DemoReport report = new Demo(gyre::asOperatorOf, SIZE, 1, out).run();
            report.print(out);

            System.out.print(printed.toString(StandardCharsets.UTF_8));
            assertThat(printed.toString(StandardCharsets.UTF_8))
                    .containsPattern("base against base +0\\.\\d{3}  \\[0\\.\\d{3}, 0\\.\\d{3}]")
                    .containsPattern("rater, round 1 +\\d\\.\\d{3} .* -?\\d\\.\\d{3} +\\d")
                    .containsPattern("coin, round 1 +\\d\\.\\d{3} .* -?\\d\\.\\d{3} +\\d");
            assertThat(report.broken()).noneMatch(promise -> promise.contains("coin labels"));
        }
    }
}
