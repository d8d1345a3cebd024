package dev.gyre.feedback.platform;

import dev.gyre.access.FailureException;

/// Checks of names that come from outside.
public final class Names {
    private Names() {}

    /// Checks an id: 1 to 128 characters, none of them a control character. PostgreSQL could not
    /// even store U+0000.
    ///
    /// @param field name of the field for the message
    /// @return the id
    /// @throws FailureException [dev.gyre.access.Failure.Invalid] when it is not of that form
    public static String id(String field, String id) {
        if (id.isEmpty() || id.length() > 128 || id.chars().anyMatch(Character::isISOControl)) {
            throw FailureException.invalid(
                    field,
                    field
                            + " has "
                            + id.length()
                            + " characters; it must have 1 to 128 and no control characters");
        }
        return id;
    }

    /// Checks the name of a release line: 1 to 64 of a-z, 0-9 and hyphen.
    ///
    /// @return the name
    /// @throws FailureException [dev.gyre.access.Failure.Invalid] when it is not of that form
    public static String line(String name) {
        if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw FailureException.invalid(
                    "release_line",
                    "release_line '" + name + "' is not 1 to 64 of a-z, 0-9 and hyphen");
        }
        return name;
    }
}
