package dev.gyre.inference.completions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed while it writes loses nothing that it called safe.
class SpoolKillTest {
    private static final int KILLS = 3;

    @TempDir private Path folder;

    @Test
    void losesNothingThatWasAcknowledgedWhenTheProcessIsKilled() throws Exception {
        Random random = new Random(23);
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < KILLS; round++) {
            acknowledged.addAll(writeUntilKilled(round, 50 + random.nextInt(400)));
        }

        List<String> kept = new ArrayList<>();
        try (Spool spool = new Spool(folder, Long.MAX_VALUE)) {
            while (spool.bytes() > 0) {
                Spool.Batch batch = Objects.requireNonNull(spool.next(1 << 20));
                batch.payloads()
                        .forEach(
                                payload ->
                                        kept.add(
                                                new String(payload, StandardCharsets.UTF_8)
                                                        .strip()));
                spool.taken(batch);
            }
        }

        assertThat(acknowledged).hasSizeGreaterThan(100);
        assertThat(kept).containsAll(acknowledged).doesNotHaveDuplicates();
    }

    /// Lets a process write until it has acknowledged so many payloads, kills it, and returns what
    /// it had acknowledged.
    private List<String> writeUntilKilled(int round, int most) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SpoolKillTest.class.getName(),
                                folder.toString(),
                                String.valueOf(round))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(line);
                if (acknowledged.size() == most) {
                    // unlike Process.destroyForcibly, this leaves the pipe to be read to its end
                    ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
                }
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return acknowledged;
    }

    /// The process: writes from eight threads for ever and prints what is safe.
    public static void main(String[] arguments) {
        Spool spool = new Spool(Path.of(arguments[0]), Long.MAX_VALUE);
        for (int thread = 0; thread < 8; thread++) {
            String prefix = arguments[1] + "/" + thread + "/";
            Thread.ofPlatform().start(() -> write(spool, prefix));
        }
    }

    private static void write(Spool spool, String prefix) {
        for (int i = 0; ; i++) {
            String payload = prefix + i;
            spool.append((payload + " ".repeat(i % 3000)).getBytes(StandardCharsets.UTF_8));
            System.out.println(payload);
        }
    }
}
