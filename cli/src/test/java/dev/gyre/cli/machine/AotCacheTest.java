package dev.gyre.cli.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gyre.embedded.Installation;
import dev.gyre.embedded.JavaCommand;
import dev.gyre.embedded.Tether;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the real JVM and the smallest program there is: the tether, which says how it is used.
class AotCacheTest {
    private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-Xmx64m");

    @TempDir Path folder;
    private Path jar;

    @BeforeEach
    void copyJar() throws IOException {
        jar = folder.resolve("program.jar");
        Files.copy(Installation.ofThisBuild().tetherJar(), jar);
    }

    @Test
    void classesComeOutOfTheCacheOnceItIsMadeAndOutOfTheJarWhenItChanged() throws Exception {
        assertThat(cache().options()).isEqualTo(OPTIONS);
        assertThat(sourceOfTether()).contains(".jar");
        Path old = Files.createFile(folder.resolve("program-0123456789abcdef.aot"));

        make();

        assertThat(cache().exists()).isTrue();
        assertThat(old).doesNotExist();
        assertThat(sourceOfTether()).contains("shared objects file");

        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000_000_000L));

        assertThat(cache().options()).isEqualTo(OPTIONS);
        assertThat(run(cache().options())).doesNotContain("warning");
    }

    @Test
    void aCacheIsForOneSetOfOptions() throws Exception {
        make();

        assertThat(cache(List.of("-XX:+UseSerialGC", "-Xmx65m")).exists()).isFalse();
        assertThat(cache().exists()).isTrue();
    }

    @Test
    void aRecordingThatIsNoneIsSaidWithTheLogThatTellsMore() {
        assertThatThrownBy(
                        () -> cache().assemble(folder.resolve("missing"), folder.resolve("work")))
                .hasMessageContaining("program-create.log");
        assertThat(cache().exists()).isFalse();
    }

    private void make() throws Exception {
        Path recording = folder.resolve("recording");
        run(cache().recordingOptions(recording));
        cache().assemble(recording, folder.resolve("work"));
    }

    private AotCache cache() {
        return cache(OPTIONS);
    }

    private AotCache cache(List<String> options) {
        return new AotCache(folder, "program", options, List.of(jar), List.of(jar));
    }

    private String sourceOfTether() throws Exception {
        List<String> options = new ArrayList<>(cache().options());
        options.add("-Xlog:class+load");
        return run(options)
                .lines()
                .filter(line -> line.contains(Tether.class.getName() + " "))
                .findFirst()
                .orElseThrow();
    }

    private String run(List<String> options) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                new JavaCommand(
                                                options,
                                                List.of(jar),
                                                Tether.class.getName(),
                                                List.of())
                                        .plain())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assertThat(output).contains("usage: Tether");
        return output;
    }
}
