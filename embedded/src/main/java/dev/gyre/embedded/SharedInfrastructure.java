package dev.gyre.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One Kafka and one PostgreSQL for all tests of a Maven run.
///
/// The first test JVM that asks starts them, through a [Keeper] process that ends them when Maven
/// (in an IDE: the test JVM) is gone; later ones find their addresses in a file. Tests do not get
/// into each other's way because each takes its own [#newTopicPrefix] and [#newDatabase].
///
/// Where `gyre.kafka` (`host:port`, with `gyre.kafka.username` and `gyre.kafka.password`) or
/// `gyre.postgres` (`host:port`, with `gyre.postgres.username` and `gyre.postgres.password`) is
/// given as a system property, those servers are used in place of embedded ones.
public final class SharedInfrastructure {
    private static final long START_LIMIT_MILLIS = 120_000;

    private final KafkaAddress kafka;
    private final DatabaseAddress postgres;

    private SharedInfrastructure(KafkaAddress kafka, DatabaseAddress postgres) {
        this.kafka = kafka;
        this.postgres = postgres;
    }

    /// The infrastructure of this Maven run; starts it where it does not run yet.
    ///
    /// @throws IllegalStateException if it cannot be started; the message says what to do
    public static SharedInfrastructure get() {
        return Holder.INSTANCE;
    }

    /// The broker.
    public KafkaAddress kafka() {
        return kafka;
    }

    /// A new, empty database.
    public DatabaseAddress newDatabase() {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try {
            Databases.ensure(postgres, name);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot make a database at " + postgres, e);
        }
        String url = postgres.jdbcUrl();
        return new DatabaseAddress(
                url.substring(0, url.lastIndexOf('/') + 1) + name,
                postgres.username(),
                postgres.password());
    }

    /// A prefix for topic and group names that nobody else uses; ends in a dot.
    public String newTopicPrefix() {
        return "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12) + ".";
    }

    private static SharedInfrastructure open() {
        @Nullable KafkaAddress givenKafka = givenKafka();
        @Nullable DatabaseAddress givenPostgres = givenPostgres();
        if (givenKafka != null && givenPostgres != null) {
            return new SharedInfrastructure(givenKafka, givenPostgres);
        }
        RunFile embedded = startedOrFound();
        return new SharedInfrastructure(
                givenKafka == null ? embedded.kafka() : givenKafka,
                givenPostgres == null ? embedded.postgres() : givenPostgres);
    }

    private static @Nullable KafkaAddress givenKafka() {
        String servers = System.getProperty("gyre.kafka", "");
        return servers.isEmpty()
                ? null
                : new KafkaAddress(
                        servers,
                        System.getProperty("gyre.kafka.username", ""),
                        System.getProperty("gyre.kafka.password", ""));
    }

    private static @Nullable DatabaseAddress givenPostgres() {
        String server = System.getProperty("gyre.postgres", "");
        return server.isEmpty()
                ? null
                : new DatabaseAddress(
                        "jdbc:postgresql://" + server + "/postgres",
                        System.getProperty("gyre.postgres.username", "postgres"),
                        System.getProperty("gyre.postgres.password", ""));
    }

    private static RunFile startedOrFound() {
        ProcessMark run = ProcessMark.of(MavenRun.process()).orElseThrow();
        Path folder =
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "gyre-tests-" + run.pid() + "-" + run.startMillis());
        try {
            makePrivate(folder);
            // The lock also orders the JVMs of a parallel build: the second one waits for the
            // first one's servers.
            try (FileChannel lock =
                    FileChannel.open(
                            folder.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE)) {
                lock.lock();
                Optional<RunFile> found = RunFile.read(folder);
                return found.isPresent() ? found.get() : startKeeper(folder, run);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start Kafka and PostgreSQL in " + folder, e);
        }
    }

    private static void makePrivate(Path folder) throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (!Files.getPosixFilePermissions(folder)
                .equals(PosixFilePermissions.fromString("rwx------"))) {
            throw new IOException(folder + " can be read by others; delete it");
        }
    }

    private static RunFile startKeeper(Path folder, ProcessMark run) throws IOException {
        Installation.ofThisBuild();
        String root = System.getProperty(Installation.ROOT_PROPERTY);
        Path log = folder.resolve("keeper.log");
        JavaCommand command =
                new JavaCommand(
                        List.of("-XX:+UseSerialGC", "-Xmx32m", "-XX:TieredStopAtLevel=1"),
                        classPath(),
                        Keeper.class.getName(),
                        List.of(
                                folder.toString(),
                                root,
                                Long.toString(run.pid()),
                                Long.toString(run.startMillis())));
        Process keeper =
                new ProcessBuilder(command.plain())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        long end = System.currentTimeMillis() + START_LIMIT_MILLIS;
        while (System.currentTimeMillis() < end) {
            Optional<RunFile> found = RunFile.read(folder);
            if (found.isPresent()) {
                return found.get();
            }
            if (!keeper.isAlive()) {
                break;
            }
            sleep();
        }
        keeper.destroy();
        throw new IllegalStateException(
                "Kafka and PostgreSQL did not start; logs are in "
                        + folder
                        + "; keeper.log ends in:\n"
                        + LogTail.of(log, 40));
    }

    /// The class path of this JVM, as surefire tells it; the keeper needs only a part of it.
    private static List<Path> classPath() {
        return List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .stream()
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka and PostgreSQL started", e);
        }
    }

    /// Starts once per JVM, on first use.
    private static final class Holder {
        private static final SharedInfrastructure INSTANCE = open();
    }
}
