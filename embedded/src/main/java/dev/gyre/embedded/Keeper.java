package dev.gyre.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Main class of the process that owns the Kafka and the PostgreSQL of a test run. It starts both,
/// writes their addresses, and ends them when the run's process is gone.
final class Keeper {
    private Keeper() {}

    /// Keeps the infrastructure of a run.
    ///
    /// @param args folder of the run, root of the checkout, process id and start time of the run's
    ///   process
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Installation installation = Installation.inCheckout(Path.of(args[1]));
        Optional<ProcessHandle> run =
                ProcessMark.of(Long.parseLong(args[2]), Long.parseLong(args[3])).process();
        if (run.isEmpty()) {
            return;
        }
        CompletableFuture<EmbeddedPostgres> starting =
                CompletableFuture.supplyAsync(() -> startPostgres(installation, folder));
        try (EmbeddedKafka kafka = startKafka(installation, folder);
                EmbeddedPostgres postgres = starting.join()) {
            RunFile.write(folder, kafka.address(), postgres.address("postgres"));
            CompletableFuture.anyOf(
                            run.get().onExit(), kafka.child().onExit(), postgres.child().onExit())
                    .join();
        } finally {
            RunFile.delete(folder);
        }
        if (!run.get().isAlive()) {
            PostgresBinaries.delete(folder);
        }
    }

    private static EmbeddedKafka startKafka(Installation installation, Path folder) {
        return EmbeddedKafka.start(
                new EmbeddedKafka.Settings(
                        installation,
                        folder.resolve("kafka"),
                        folder.resolve("kafka.log"),
                        Ports.free(),
                        Ports.free(),
                        "gyre",
                        newPassword(),
                        EmbeddedKafka.DEFAULT_JVM_OPTIONS));
    }

    private static EmbeddedPostgres startPostgres(Installation installation, Path folder) {
        return EmbeddedPostgres.start(
                new EmbeddedPostgres.Settings(
                        installation,
                        folder.resolve("postgresql"),
                        folder.resolve("postgresql.log"),
                        Ports.free(),
                        "gyre",
                        newPassword(),
                        false));
    }

    private static String newPassword() {
        return UUID.randomUUID().toString();
    }
}
