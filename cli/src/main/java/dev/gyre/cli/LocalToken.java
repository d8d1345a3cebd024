package dev.gyre.cli;

import dev.gyre.access.Identity;
import dev.gyre.access.Role;
import dev.gyre.cli.machine.CliException;
import dev.gyre.cli.machine.ExitStatus;
import dev.gyre.cli.machine.GyreHome;
import dev.gyre.cli.machine.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Tokens of the local issuer for whoever may read its key.
final class LocalToken {
    private static final Duration LONGEST = Duration.ofDays(366);

    private LocalToken() {}

    static String mint(
            GyreHome home,
            String subject,
            Set<Role> roles,
            List<String> projects,
            Duration lifetime) {
        if (!lifetime.isPositive() || lifetime.compareTo(LONGEST) > 0) {
            throw new CliException(
                    ExitStatus.USAGE,
                    "a token is valid for 1 to %d hours, not %d"
                            .formatted(LONGEST.toHours(), lifetime.toHours()));
        }
        for (String project : projects) {
            if (!project.equals(Identity.ALL_PROJECTS)
                    && !project.matches("[a-z0-9][a-z0-9-]{0,63}")) {
                throw new CliException(
                        ExitStatus.USAGE,
                        "project '" + project + "' is not 1 to 64 of a-z, 0-9 and hyphen");
            }
        }
        return Keys.of(home).accessToken(new Identity(subject, roles, projects), lifetime);
    }
}
