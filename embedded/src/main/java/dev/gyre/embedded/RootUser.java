package dev.gyre.embedded;

import com.sun.security.auth.module.UnixSystem;

/// Whether this process runs as root.
final class RootUser {
    private RootUser() {}

    static boolean isCurrent() {
        return new UnixSystem().getUid() == 0;
    }
}
