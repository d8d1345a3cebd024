package dev.gyre.access;

import java.util.Locale;

/// What a subject may do.
public enum Role {
    /// Generates answers and rates them.
    RATER,
    /// Submits jobs, promotes and rolls back, sets policies.
    OPERATOR,
    /// Everything.
    ADMIN,
    /// A service of Gyre calling another one.
    SERVICE;

    /// The role as it stands in a token, for example `rater`.
    public String claim() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Reads a role as it stands in a token.
    ///
    /// @throws IllegalArgumentException for an unknown one
    public static Role fromClaim(String claim) {
        return valueOf(claim.toUpperCase(Locale.ROOT));
    }
}
