package dev.gyre.feedback.signin;

import dev.gyre.access.Failure;
import dev.gyre.access.FailureException;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/// Finds out who calls, by bearer token or by the console's session, and refuses requests of
/// nobody. Resources marked [Open] take these too.
@Singleton
final class SignInFilter {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final Callers callers;
    private final Caller caller;

    SignInFilter(Callers callers, Caller caller) {
        this.callers = callers;
        this.caller = caller;
    }

    /// Sets the [Caller].
    ///
    /// @throws FailureException [Failure.Unauthenticated] without a valid token or session,
    ///   [Failure.Denied] when another site made the browser send the request
    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    void authenticate(ContainerRequestContext request, ResourceInfo resource) {
        if (resource.getResourceClass().isAnnotationPresent(Open.class)) {
            callers.signedIn(request.getCookies()).ifPresent(caller::set);
            return;
        }
        String authorization = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            caller.set(callers.authenticate(authorization));
            return;
        }
        caller.set(
                callers.signedIn(request.getCookies())
                        .orElseThrow(
                                () ->
                                        new FailureException(
                                                new Failure.Unauthenticated(
                                                        "not signed in; 'gyre login' prints a"
                                                                + " one-time link, 'gyre token' a"
                                                                + " token for 'authorization:"
                                                                + " Bearer <token>'"))));
        // a browser adds the cookie to other sites' requests too where SameSite is not honoured
        if (!READING.contains(request.getMethod())) {
            SameOrigin.check(
                    request.getHeaderString("sec-fetch-site"),
                    request.getHeaderString("origin"),
                    request.getUriInfo().getRequestUri().getAuthority());
        }
    }
}
