package dev.gyre.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A small shell script around a program that is no JVM: ends it with SIGINT, then SIGQUIT, then
/// SIGKILL when standard input closes. What [Tether] is to a JVM.
public final class Supervisor {
    private static final String SCRIPT = "supervisor.sh";

    private Supervisor() {}

    /// The command line that runs a program under the script.
    ///
    /// @param command the program with its arguments
    public static List<String> around(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("/bin/sh", "-c", script(), "gyre-supervisor"));
        whole.addAll(command);
        return List.copyOf(whole);
    }

    private static String script() {
        try (InputStream file = Supervisor.class.getResourceAsStream(SCRIPT)) {
            if (file == null) {
                throw new IllegalStateException(SCRIPT + " is not on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + SCRIPT, e);
        }
    }
}
