package dev.gyre.access;

import java.util.List;
import java.util.Set;

/// A verified caller.
///
/// @param subject stable name of the person or service
/// @param roles what it may do
/// @param projects projects it belongs to; the first is its default; `*` is every project
public record Identity(String subject, Set<Role> roles, List<String> projects) {
    /// Stands for every project.
    public static final String ALL_PROJECTS = "*";

    /// Project of everything that names none.
    public static final String DEFAULT_PROJECT = "default";

    public Identity {
        if (subject.isBlank()) {
            throw new IllegalArgumentException("an identity needs a subject");
        }
        roles = Set.copyOf(roles);
        projects = List.copyOf(projects);
    }

    /// The project meant by a request.
    ///
    /// @param asked project named by the request; empty: the caller's first, or `default`
    /// @throws FailureException [Failure.Denied] when the caller does not belong to it
    public String project(String asked) {
        if (asked.isEmpty()) {
            return projects.stream()
                    .filter(name -> !name.equals(ALL_PROJECTS))
                    .findFirst()
                    .orElse(DEFAULT_PROJECT);
        }
        checkProject(asked);
        return asked;
    }

    /// Whether the caller belongs to a project.
    public boolean mayUse(String project) {
        return projects.contains(ALL_PROJECTS) || projects.contains(project);
    }

    /// Checks that the caller belongs to a project.
    ///
    /// @throws FailureException [Failure.Denied] when it does not
    public void checkProject(String project) {
        if (!project.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw new FailureException(
                    new Failure.Invalid(
                            "project",
                            "project '" + project + "' is not 1 to 64 of a-z, 0-9 and hyphen"));
        }
        if (!mayUse(project)) {
            throw new FailureException(
                    new Failure.Denied(
                            subject
                                    + " does not belong to project "
                                    + project
                                    + "; it may use "
                                    + projects));
        }
    }

    /// Checks that the caller has one of the roles. [Role#ADMIN] has all.
    ///
    /// @throws FailureException [Failure.Denied] when it has none of them
    public void checkRole(Role... allowed) {
        if (roles.contains(Role.ADMIN)) {
            return;
        }
        for (Role role : allowed) {
            if (roles.contains(role)) {
                return;
            }
        }
        throw new FailureException(
                new Failure.Denied(
                        subject
                                + " has the roles "
                                + claims(roles)
                                + ", this needs one of "
                                + claims(List.of(allowed))));
    }

    private static List<String> claims(java.util.Collection<Role> roles) {
        return roles.stream().map(Role::claim).sorted().toList();
    }
}
