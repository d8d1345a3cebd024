package dev.gyre.feedback.signin;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Refuses what another site makes a signed-in person's browser send (cross-site request forgery).
final class SameOrigin {
    private SameOrigin() {}

    /// Checks a request that changes something and was authenticated by cookie.
    ///
    /// Browsers say where a request comes from by `Sec-Fetch-Site`, over https and on localhost,
    /// and by `Origin` elsewhere. A request that says neither is refused: no browser of today sends
    /// one, and programs have tokens.
    ///
    /// @param fetchSite header `Sec-Fetch-Site`
    /// @param origin header `Origin`
    /// @param authority `host:port` that the request was sent to
    /// @throws FailureException [Failure.Denied] when it comes from elsewhere
    static void check(
            @Nullable String fetchSite, @Nullable String origin, @Nullable String authority) {
        if (fetchSite != null) {
            if (!fetchSite.equals("same-origin")) {
                throw refused("its sec-fetch-site is " + fetchSite);
            }
            return;
        }
        if (origin == null) {
            throw refused("it has neither sec-fetch-site nor origin");
        }
        if (authority == null || !authority.equalsIgnoreCase(authorityOf(origin))) {
            throw refused("its origin is " + origin + ", this is " + authority);
        }
    }

    private static @Nullable String authorityOf(String origin) {
        try {
            return URI.create(origin).getRawAuthority();
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static FailureException refused(String why) {
        return new FailureException(
                new Failure.Denied(
                        "this change does not come from the console itself: "
                                + why
                                + "; use the console's own pages, or a token"));
    }
}
