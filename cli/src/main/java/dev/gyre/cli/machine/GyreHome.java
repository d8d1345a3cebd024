package dev.gyre.cli.machine;

import dev.gyre.embedded.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Where things are: the checkout with what was built, and the folder with all state.
///
/// @param checkout root of the checkout
/// @param folder `$GYRE_HOME`
public record GyreHome(Path checkout, Path folder) {
    /// Makes both paths absolute.
    public GyreHome {
        checkout = checkout.toAbsolutePath().normalize();
        folder = folder.toAbsolutePath().normalize();
    }

    /// The places that the `gyre` script names by system properties.
    public static GyreHome ofThisCommand() {
        String root = System.getProperty(Installation.ROOT_PROPERTY);
        if (root == null) {
            throw new CliException("start this command with the script 'gyre' of the checkout");
        }
        return new GyreHome(
                Path.of(root), Path.of(System.getProperty("gyre.home", root + "/.gyre")));
    }

    /// Data of Kafka, PostgreSQL and the services.
    public Path data() {
        return folder.resolve("data");
    }

    /// The artifact store.
    public Path artifacts() {
        return folder.resolve("artifacts");
    }

    /// Output of each process.
    public Path logs() {
        return folder.resolve("logs");
    }

    /// Output of one process.
    public Path log(String process) {
        return logs().resolve(process + ".log");
    }

    /// Secrets.
    public Path keys() {
        return folder.resolve("keys");
    }

    /// What runs.
    public Path run() {
        return folder.resolve("run");
    }

    /// What can be thrown away: verified copies of models.
    public Path cache() {
        return folder.resolve("cache");
    }

    /// The file whose lock the owner of this home holds.
    public Path lock() {
        return folder.resolve("lock");
    }

    /// Makes the folders that are missing; only their owner may look into them.
    public void create() {
        try {
            var ownerOnly =
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(folder, ownerOnly);
            for (Path part : new Path[] {data(), artifacts(), logs(), keys(), run(), cache()}) {
                Files.createDirectories(part, ownerOnly);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make " + folder + "; set GYRE_HOME to a folder that can be written", e);
        }
    }
}
