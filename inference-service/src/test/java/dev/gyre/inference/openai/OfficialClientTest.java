package dev.gyre.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gyre.access.Role;
import dev.gyre.inference.Around;
import dev.gyre.inference.ServiceEnvironment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Lets the official OpenAI client talk to the service, where there is a Python that has it.
@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class OfficialClientTest {
    @TestHTTPResource private @Nullable URI service;

    @Test
    void servesTheOfficialPythonClient() throws Exception {
        String python = System.getenv("GYRE_OPENAI_PYTHON");
        if (python == null) {
            System.out.println(
                    "OfficialClientTest is skipped: GYRE_OPENAI_PYTHON does not name a Python with"
                            + " the package openai");
        }
        Assumptions.assumeTrue(python != null, "GYRE_OPENAI_PYTHON is not set");
        try (Around around = new Around()) {
            around.releaseAndWait("official", "tiny", 1, "1");

            Process client =
                    new ProcessBuilder(
                                    python,
                                    Path.of(
                                                    System.getProperty("gyre.root"),
                                                    "benchmarks/openai-client/check.py")
                                            .toString(),
                                    Objects.requireNonNull(service).toString(),
                                    around.token(Role.RATER, "official"),
                                    "tiny")
                            .redirectErrorStream(true)
                            .start();
            String output =
                    new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            System.out.println(output);
            assertThat(client.waitFor()).as(output).isZero();
        }
    }
}
