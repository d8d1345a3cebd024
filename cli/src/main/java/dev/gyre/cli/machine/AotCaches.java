package dev.gyre.cli.machine;

import dev.gyre.embedded.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// The AOT caches of Kafka and the services.
///
/// They hang on what was built and on nothing in a home, so they are with what was built: every
/// home of a checkout uses them, and `mvn clean` takes them away.
final class AotCaches {
    private final GyreHome home;
    private final JvmOptions options;

    AotCaches(GyreHome home, JvmOptions options) {
        this.home = home;
        this.options = options;
    }

    /// Where a checkout's caches are.
    static Path folder(Path checkout) {
        return checkout.resolve("target/aot");
    }

    /// A process' JVM options, with its AOT cache where there is one.
    List<String> options(String process) {
        if (process.equals("worker")) {
            return options.of(process);
        }
        try {
            return of(process).options();
        } catch (UncheckedIOException e) {
            return options.of(process); // a build is at work on its jars
        }
    }

    /// The cache of Kafka or a service, for the jars as they are now.
    AotCache of(String process) {
        Installation installation = Installation.inCheckout(home.checkout());
        List<Path> classPath = new ArrayList<>(List.of(installation.tetherJar()));
        List<Path> jars = new ArrayList<>(classPath);
        if (process.equals(Infrastructure.KAFKA)) {
            classPath.addAll(installation.kafkaClassPath());
            jars.addAll(installation.kafkaClassPath());
        } else {
            Path jar = ServicePlans.jar(home, process);
            classPath.add(jar);
            jars.addAll(jarsBelow(Objects.requireNonNull(jar.getParent())));
        }
        return new AotCache(folder(home.checkout()), process, options.of(process), classPath, jars);
    }

    private static List<Path> jarsBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + folder, e);
        }
    }
}
