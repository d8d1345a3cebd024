package dev.gyre.cli.machine;

import dev.gyre.embedded.Child;
import dev.gyre.embedded.Installation;
import dev.gyre.embedded.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Makes AOT caches. A process of its own, for priority is inherited: it has the lowest, and so has
/// everything that it starts.
public final class AotCacheMaker {
    private AotCacheMaker() {}

    /// Starts the process that makes the caches of some processes.
    static Child start(GyreHome home, JvmOptions options, List<String> processes) {
        List<String> jvmOptions = new ArrayList<>(options.of("cli"));
        jvmOptions.add("-D" + Installation.ROOT_PROPERTY + "=" + home.checkout());
        JavaCommand command =
                new JavaCommand(
                        jvmOptions,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(Path::of)
                                .toList(),
                        AotCacheMaker.class.getName(),
                        processes);
        List<String> niced = new ArrayList<>(List.of("nice", "-n", "19"));
        niced.addAll(command.tethered(Installation.inCheckout(home.checkout()).tetherJar()));
        return Child.start(
                "aot-caches", niced, Map.of(), home.run(), LogFile.rolled(home.log("aot-caches")));
    }

    /// Makes caches one by one. Nothing is done while another process of this kind is at work in
    /// the same checkout.
    ///
    /// @param processes whose caches are to be made: Kafka and services
    public static void main(String[] processes) throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty(Installation.ROOT_PROPERTY));
        Path folder = AotCaches.folder(root);
        Files.createDirectories(folder);
        try (FileChannel lock =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                return;
            }
            Path work = folder.resolve("work");
            deleteAll(work);
            GyreHome home = new GyreHome(root, work.resolve("home"));
            make(List.of(processes), new AotCaches(home, JvmOptions.load()), home, work);
            deleteAll(work);
        }
    }

    private static void make(List<String> processes, AotCaches caches, GyreHome home, Path work)
            throws IOException, InterruptedException {
        try (Rehearsal rehearsal = new Rehearsal(home, caches)) {
            Runtime.getRuntime().addShutdownHook(new Thread(rehearsal::close));
            for (String process : processes) {
                long start = System.nanoTime();
                AotCache cache = caches.of(process);
                Path recording = work.resolve(process + ".aotconf");
                rehearsal.play(process, cache.recordingOptions(recording));
                if (!Files.exists(recording)) {
                    throw new IllegalStateException(
                            process + " recorded nothing; see " + home.log(process));
                }
                cache.assemble(recording, work);
                Files.delete(recording);
                System.out.printf(
                        "%s: AOT cache made in %.0f s%n",
                        process, (System.nanoTime() - start) / 1e9);
            }
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
