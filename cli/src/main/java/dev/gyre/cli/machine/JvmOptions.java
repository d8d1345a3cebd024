package dev.gyre.cli.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/// The JVM options of every process, out of `jvm-options.properties`.
final class JvmOptions {
    private static final String FILE = "jvm-options.properties";

    private final Properties values;

    private JvmOptions(Properties values) {
        this.values = values;
    }

    static JvmOptions load() {
        Properties values = new Properties();
        try (InputStream file = JvmOptions.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + " is not on the class path");
            }
            values.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FILE, e);
        }
        return new JvmOptions(values);
    }

    /// Options of a process.
    ///
    /// @throws IllegalArgumentException if the file has none for it
    List<String> of(String process) {
        String options = values.getProperty(process);
        if (options == null) {
            throw new IllegalArgumentException(FILE + " has no options for " + process);
        }
        return List.of(options.strip().split(" +"));
    }
}
