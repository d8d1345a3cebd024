package dev.gyre.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One PostgreSQL server as a child process, from binaries that come as a Maven artifact.
///
/// Roles log in with SCRAM passwords over TCP on the loopback address; there is no Unix socket.
/// PostgreSQL refuses to run as root, so for root it gets a user namespace of its own.
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /// What a server needs to know.
    ///
    /// @param installation where the binaries are unpacked
    /// @param folder data of this server; made and filled when it is missing
    /// @param log file for the server's output
    /// @param port TCP port
    /// @param username the superuser's name
    /// @param password the superuser's password, used when the data folder is made
    /// @param durable whether a commit waits for the disk; false for tests only
    public record Settings(
            Installation installation,
            Path folder,
            Path log,
            int port,
            String username,
            String password,
            boolean durable) {
        /// Checks the names.
        public Settings {
            PlainWord.check("PostgreSQL role", username);
            PlainWord.check("PostgreSQL password", password);
            folder = folder.toAbsolutePath();
            log = log.toAbsolutePath();
        }
    }

    private final Settings settings;
    private final Child child;

    private EmbeddedPostgres(Settings settings, Child child) {
        this.settings = settings;
        this.child = child;
    }

    /// Makes the data folder where needed, starts the server and waits until it answers.
    ///
    /// @throws IllegalStateException if it does not answer in 60 s; the message ends in its log
    public static EmbeddedPostgres start(Settings settings) {
        EmbeddedPostgres postgres = launch(settings);
        try {
            Readiness.await("PostgreSQL", postgres.child, START_LIMIT, postgres::isReady);
            return postgres;
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /// Makes the data folder where needed and starts the server without waiting for it. A server
    /// that an earlier owner left on the folder is ended first, a stale lock file removed.
    public static EmbeddedPostgres launch(Settings settings) {
        Path home = PostgresBinaries.unpackedIn(settings.installation().postgresFolder());
        try {
            Files.createDirectories(settings.log().getParent());
            if (!Files.exists(data(settings).resolve("PG_VERSION"))) {
                initialise(settings, home);
            }
            StalePostmaster.clear(data(settings));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + data(settings), e);
        }
        return new EmbeddedPostgres(
                settings,
                Child.start(
                        "postgresql",
                        serverCommand(settings, home),
                        Map.of(),
                        settings.folder(),
                        settings.log()));
    }

    /// Whether the server accepts a log-in.
    public boolean isReady() {
        return Ports.accepts(settings.port()) && Databases.canLogIn(address("postgres"));
    }

    /// How clients reach a database of this server.
    ///
    /// @param database name of the database; it need not exist yet
    public DatabaseAddress address(String database) {
        return new DatabaseAddress(
                "jdbc:postgresql://" + Ports.LOOPBACK + ":" + settings.port() + "/" + database,
                settings.username(),
                settings.password());
    }

    /// The server's process.
    public Child child() {
        return child;
    }

    /// Shuts the server down.
    @Override
    public void close() {
        child.close();
    }

    private static Path data(Settings settings) {
        return settings.folder().resolve("data");
    }

    private static void initialise(Settings settings, Path home) throws IOException {
        PostgresBinaries.delete(data(settings)); // what an interrupted attempt left
        Files.createDirectories(settings.folder());
        Path password = settings.folder().resolve("initial-password");
        PrivateFile.write(password, settings.password() + "\n");
        List<String> command = new ArrayList<>(RootUser.droppingPrefix());
        command.addAll(
                List.of(
                        home.resolve("bin/initdb").toString(),
                        "--pgdata=" + data(settings),
                        "--username=" + settings.username(),
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync"));
        try {
            ShortRun.of("initdb", command, settings.folder(), settings.log());
        } finally {
            Files.delete(password);
        }
    }

    private static List<String> serverCommand(Settings settings, Path home) {
        List<String> command = new ArrayList<>(RootUser.droppingPrefix());
        command.add(home.resolve("bin/postgres").toString());
        command.add("-D");
        command.add(data(settings).toString());
        configuration(settings).forEach((name, value) -> command.add("--" + name + "=" + value));
        return Supervisor.around(command);
    }

    private static Map<String, String> configuration(Settings settings) {
        Map<String, String> values = new TreeMap<>();
        values.put("listen_addresses", Ports.LOOPBACK);
        values.put("port", Integer.toString(settings.port()));
        values.put("unix_socket_directories", "");
        values.put("password_encryption", "scram-sha-256");
        values.put("shared_buffers", "32MB");
        values.put("max_connections", settings.durable() ? "60" : "400");
        values.put("log_min_messages", "warning");
        values.put("log_line_prefix", "%m [%p] ");
        values.put("timezone", "UTC");
        if (!settings.durable()) {
            values.put("fsync", "off");
            values.put("synchronous_commit", "off");
            values.put("full_page_writes", "off");
        }
        return values;
    }
}
