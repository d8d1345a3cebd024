package dev.gyre.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where the files are that children run from.
///
/// @param kafkaJars folder with the broker's jars and nothing else
/// @param tetherJar jar with [Tether]
/// @param postgresFolder folder under which PostgreSQL's binaries are unpacked
public record Installation(Path kafkaJars, Path tetherJar, Path postgresFolder) {
    /// System property with the root of the checkout; set for every test by the parent pom.
    public static final String ROOT_PROPERTY = "gyre.root";

    /// The installation that a build of the `embedded` module leaves in a checkout.
    ///
    /// @param root root of the checkout
    /// @throws IllegalStateException if `embedded` has not been built there
    public static Installation inCheckout(Path root) {
        Path target = root.resolve("embedded/target").toAbsolutePath().normalize();
        Path jars = target.resolve("kafka");
        List<Path> tethers = jarsIn(target.resolve("tether"));
        if (jarsIn(jars).isEmpty() || tethers.size() != 1) {
            throw new IllegalStateException(
                    "Kafka's jars are not in "
                            + jars
                            + "; run 'mvn -pl embedded package -DskipTests' in "
                            + root.toAbsolutePath().normalize()
                            + " first");
        }
        return new Installation(jars, tethers.getFirst(), target.resolve("postgres"));
    }

    /// The installation of the checkout that [#ROOT_PROPERTY] names.
    ///
    /// @throws IllegalStateException if the property is unset or `embedded` has not been built
    public static Installation ofThisBuild() {
        String root = System.getProperty(ROOT_PROPERTY);
        if (root == null) {
            throw new IllegalStateException(
                    "the system property "
                            + ROOT_PROPERTY
                            + " is unset; set it to the root of the Gyre checkout");
        }
        return inCheckout(Path.of(root));
    }

    /// The broker's class path, in a stable order.
    public List<Path> kafkaClassPath() {
        return jarsIn(kafkaJars);
    }

    private static List<Path> jarsIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }
}
