package dev.gyre.embedded;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// The addresses of a test run's Kafka and PostgreSQL, in a file that its JVMs share.
///
/// @param kafka the broker
/// @param postgres the server's `postgres` database
record RunFile(KafkaAddress kafka, DatabaseAddress postgres) {
    private static final String NAME = "addresses.properties";

    static Optional<RunFile> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties values = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            values.load(reader);
        }
        return Optional.of(
                new RunFile(
                        new KafkaAddress(
                                values.getProperty("kafka.servers"),
                                values.getProperty("kafka.username"),
                                values.getProperty("kafka.password")),
                        new DatabaseAddress(
                                values.getProperty("postgres.url"),
                                values.getProperty("postgres.username"),
                                values.getProperty("postgres.password"))));
    }

    static void write(Path folder, KafkaAddress kafka, DatabaseAddress postgres)
            throws IOException {
        Properties values = new Properties();
        values.setProperty("kafka.servers", kafka.bootstrapServers());
        values.setProperty("kafka.username", kafka.username());
        values.setProperty("kafka.password", kafka.password());
        values.setProperty("postgres.url", postgres.jdbcUrl());
        values.setProperty("postgres.username", postgres.username());
        values.setProperty("postgres.password", postgres.password());
        StringWriter text = new StringWriter();
        values.store(text, null);
        PrivateFile.write(folder.resolve(NAME), text.toString());
    }

    static void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(NAME));
    }
}
