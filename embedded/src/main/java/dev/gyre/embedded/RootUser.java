package dev.gyre.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Root, as whom PostgreSQL does not run.
final class RootUser {
    private static final List<String> OTHER_USER = List.of("unshare", "--user");

    private RootUser() {}

    /// What to put in front of a command line that must not run as root: nothing for an ordinary
    /// user, a user namespace for root.
    ///
    /// @throws IllegalStateException if this process is root and may not make a user namespace
    static List<String> droppingPrefix() {
        if (new UnixSystem().getUid() != 0) {
            return List.of();
        }
        List<String> trial = new ArrayList<>(OTHER_USER);
        trial.add("true");
        try {
            if (new ProcessBuilder(trial).start().waitFor() == 0) {
                return OTHER_USER;
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    "PostgreSQL does not run as root, and 'unshare' (util-linux) is not installed;"
                            + " install it or run Gyre as an ordinary user",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL started", e);
        }
        throw new IllegalStateException(
                "PostgreSQL does not run as root, and root may not make a user namespace here; run"
                        + " Gyre as an ordinary user");
    }
}
