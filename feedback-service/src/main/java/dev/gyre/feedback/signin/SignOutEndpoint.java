package dev.gyre.feedback.signin;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/// Ends a session.
@Path("/logout")
public final class SignOutEndpoint {
    private final Callers callers;

    SignOutEndpoint(Callers callers) {
        this.callers = callers;
    }

    /// Ends the caller's session and makes the browser forget it.
    @POST
    @RunOnVirtualThread
    public Response signOut(@CookieParam(Callers.COOKIE) @Nullable String id) {
        if (id != null) {
            callers.signOut(id);
        }
        return Response.noContent()
                .cookie(new NewCookie.Builder(Callers.COOKIE).path("/").maxAge(0).build())
                .build();
    }
}
