package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.JavaCommand;
import dev.gyre.embedded.Supervisor;
import dev.gyre.embedded.Tether;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A process' AOT cache (JEP 483, 514): classes loaded and linked in advance, which halves what a
/// start costs.
///
/// The file's name is a hash of the JDK, the options and the jars with their sizes and times, for
/// the JVM refuses a cache when any of these differ: a missing cache means an ordinary start, one
/// of other jars is not looked at. An instance speaks of the jars as they were when it was made.
final class AotCache {
    private final Path folder;
    private final String process;
    private final List<String> jvmOptions;
    private final List<Path> classPath;
    private final Path file;

    /// @param folder where caches are
    /// @param process name of the process
    /// @param jvmOptions its JVM options
    /// @param classPath its class path, [Tether]'s jar included, as it is on the command line
    /// @param jars every jar that classes come from: those of the class path, and what their
    ///   manifests name
    AotCache(
            Path folder,
            String process,
            List<String> jvmOptions,
            List<Path> classPath,
            List<Path> jars) {
        this.folder = folder;
        this.process = process;
        this.jvmOptions = jvmOptions;
        this.classPath = classPath;
        this.file = folder.resolve(process + "-" + key(jars) + ".aot");
    }

    /// Whether there is one for these options and jars.
    boolean exists() {
        return Files.exists(file);
    }

    /// The process' JVM options, with the cache where there is one.
    List<String> options() {
        return Files.exists(file) ? with("-XX:AOTCache=" + file) : jvmOptions;
    }

    /// JVM options with which the process records what it loads, and writes that when it ends.
    List<String> recordingOptions(Path recording) {
        return with("-XX:AOTMode=record", "-XX:AOTConfiguration=" + recording);
    }

    /// Makes the cache out of a recording, in some ten seconds, and deletes the process' old ones.
    ///
    /// @param work folder for the log and the unfinished file, on the caches' own disk
    /// @throws IllegalStateException if the JVM made none; the message names its log
    void assemble(Path recording, Path work) throws InterruptedException {
        Path part = work.resolve(file.getFileName());
        JavaCommand command =
                new JavaCommand(
                        with(
                                "-XX:AOTMode=create",
                                "-XX:AOTConfiguration=" + recording,
                                "-XX:AOTCache=" + part),
                        classPath,
                        Tether.class.getName(), // which this mode does not run
                        List.of());
        try (Child assembly =
                Child.start(
                        process + "-aot",
                        Supervisor.around(command.plain()),
                        Map.of(),
                        work,
                        work.resolve(process + "-create.log"))) {
            while (assembly.isAlive()) {
                Thread.sleep(100);
            }
            if (!Files.exists(part)) {
                throw new IllegalStateException("no AOT cache was made; see " + assembly.log());
            }
        }
        try {
            for (Path old : ownFiles()) {
                Files.delete(old);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot put an AOT cache into " + folder, e);
        }
    }

    private List<Path> ownFiles() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(process + "-"))
                    .filter(file -> file.toString().endsWith(".aot"))
                    .toList();
        }
    }

    private List<String> with(String... more) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.addAll(List.of(more));
        return List.copyOf(options);
    }

    private String key(List<Path> jars) {
        StringBuilder text = new StringBuilder(System.getProperty("java.vm.version"));
        text.append(System.getProperty("java.home")).append(jvmOptions).append(classPath);
        try {
            for (Path jar : jars) {
                text.append('\n').append(jar);
                text.append(' ').append(Files.size(jar));
                text.append(' ').append(Files.getLastModifiedTime(jar).toMillis());
            }
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at the jars of " + process, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
