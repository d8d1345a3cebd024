package dev.gyre.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class OnnxRuntimeTest {
    /// ONNX Runtime 1.29.0 with its telemetry ends such a process with SIGSEGV.
    @Test
    void startsInAProcessWithALongCommandLine() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dlong=" + "x".repeat(60_000),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Starter.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("started with [CPU");
    }

    static final class Starter {
        private Starter() {}

        public static void main(String[] arguments) {
            OnnxRuntime.environment();
            System.out.println(
                    "started with " + ai.onnxruntime.OrtEnvironment.getAvailableProviders());
        }
    }
}
