package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.EmbeddedKafka;
import dev.gyre.embedded.Installation;
import dev.gyre.embedded.JavaCommand;
import dev.gyre.embedded.Ports;
import dev.gyre.embedded.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Kafka's AOT cache (JEP 483, 514): classes loaded and linked in advance, which halves the
/// broker's start.
///
/// It is made by a broker of its own that starts, is ready and stops, at the lowest priority. The
/// file's name is a hash of the JDK, the options and the jars with their times, for the JVM refuses
/// a cache when any of these differ.
final class KafkaAotCache {
    private final Path folder;
    private final Installation installation;
    private final List<String> jvmOptions;
    private final Path file;

    KafkaAotCache(GyreHome home, Installation installation, List<String> jvmOptions) {
        this.folder = home.cache().resolve("aot");
        this.installation = installation;
        this.jvmOptions = jvmOptions;
        this.file = folder.resolve("kafka-" + key() + ".aot");
    }

    /// The broker's JVM options, with the cache where there is one.
    List<String> options() {
        if (!Files.exists(file)) {
            return jvmOptions;
        }
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-XX:AOTCache=" + file);
        return options;
    }

    /// Whether there is nothing left to do.
    boolean exists() {
        return Files.exists(file);
    }

    /// Makes the cache. Takes about half a minute; can be interrupted.
    ///
    /// @throws InterruptedException if this thread is interrupted; its processes are ended then
    void make() throws InterruptedException {
        try {
            deleteAll(folder);
            Files.createDirectories(folder);
            Path work = Files.createDirectories(folder.resolve("work"));
            Path recording = record(work);
            Path part = work.resolve("kafka.aot");
            assemble(work, recording, part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            deleteAll(work);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the AOT cache in " + folder, e);
        }
    }

    private Path record(Path work) throws InterruptedException {
        Path recording = work.resolve("kafka.aotconf");
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-XX:AOTMode=record");
        options.add("-XX:AOTConfiguration=" + recording);
        EmbeddedKafka.Settings settings =
                new EmbeddedKafka.Settings(
                        installation,
                        work.resolve("kafka"),
                        work.resolve("record.log"),
                        Ports.free(),
                        Ports.free(),
                        "gyre",
                        "record-only",
                        options);
        try (EmbeddedKafka kafka = EmbeddedKafka.launch(settings)) {
            while (kafka.child().isAlive() && !kafka.isReady()) {
                Thread.sleep(200);
            }
            // Not by its pipe: that sets a limit, and a busy machine takes longer to write this.
            kafka.child().handle().destroy();
            while (kafka.child().isAlive()) {
                Thread.sleep(200);
            }
        }
        if (!Files.exists(recording)) {
            throw new IllegalStateException("nothing was recorded; see " + settings.log());
        }
        return recording;
    }

    private void assemble(Path work, Path recording, Path cache) throws InterruptedException {
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-XX:AOTMode=create");
        options.add("-XX:AOTConfiguration=" + recording);
        options.add("-XX:AOTCache=" + cache);
        JavaCommand command =
                new JavaCommand(options, installation.kafkaClassPath(), "kafka.Kafka", List.of());
        List<String> niced = new ArrayList<>(List.of("nice", "-n", "19"));
        niced.addAll(command.tethered(installation.tetherJar()));
        try (Child assembly =
                Child.start(
                        "kafka-aot",
                        Supervisor.around(niced),
                        Map.of(),
                        work,
                        work.resolve("create.log"))) {
            while (assembly.isAlive()) {
                Thread.sleep(200);
            }
        }
        if (!Files.exists(cache)) {
            throw new IllegalStateException("no cache was made; see " + work.resolve("create.log"));
        }
    }

    private String key() {
        StringBuilder text = new StringBuilder(System.getProperty("java.vm.version"));
        text.append(jvmOptions);
        try {
            for (Path jar : installation.kafkaClassPath()) {
                text.append('\n').append(jar).append(Files.getLastModifiedTime(jar).toMillis());
            }
            text.append(Files.getLastModifiedTime(installation.tetherJar()).toMillis());
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at Kafka's jars", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
