package dev.gyre.feedback.console;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// Adds the headers that keep a browser from doing what the console never needs.
@Singleton
public final class SecurityHeaders {
    /// Only own files, no inline script or style, no frames; markup from a string is refused by the
    /// browser (trusted types), so what a model says can never become part of the page.
    static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'; require-trusted-types-for 'script';"
                    + " trusted-types 'none'";

    private static final int EARLY = 1000;

    void register(@Observes Filters filters) {
        filters.register(SecurityHeaders::add, EARLY);
    }

    private static void add(RoutingContext request) {
        MultiMap headers = request.response().headers();
        headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
        // pages and data are for this person now; files may be kept but are asked after each time,
        // so that an update shows at once (the handler of files would let them be kept for a day)
        boolean file = request.normalizedPath().startsWith("/assets/");
        request.addHeadersEndHandler(
                _ -> headers.set("Cache-Control", file ? "no-cache" : "no-store"));
        request.next();
    }
}
