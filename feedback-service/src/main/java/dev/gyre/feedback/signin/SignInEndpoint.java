package dev.gyre.feedback.signin;

import dev.gyre.access.FailureException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.jspecify.annotations.Nullable;

/// Opens a session with the one-time link that `gyre login` prints.
@Path("/login")
@Open
public final class SignInEndpoint {
    private static final Html WELCOME = Html.of("/console/welcome.html");

    private final Callers callers;

    SignInEndpoint(Callers callers) {
        this.callers = callers;
    }

    /// Signs in and goes on to the console.
    ///
    /// It answers with a page that goes on by itself, not with a redirect: the browser holds back a
    /// SameSite=Strict cookie for the whole of a chain of redirects that began elsewhere, in a mail
    /// for example.
    ///
    /// @param code the link's token
    @GET
    @RunOnVirtualThread
    public Response signIn(@QueryParam("code") @Nullable String code, @Context UriInfo uri) {
        if (code == null) {
            return SignInPage.refusing("Sign in", "A login link opens the console.");
        }
        Callers.Session session;
        try {
            session = callers.signIn(code);
        } catch (FailureException refused) {
            return SignInPage.refusing(
                    "This login link does not work", refused.failure().message() + ".");
        }
        return Response.ok(
                        WELCOME.with("subject", session.identity().subject()).text(),
                        MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .cookie(cookie(session, uri))
                .build();
    }

    /// Answers programs that only look whether the link is alive; without this a look would use it
    /// up.
    @HEAD
    public Response look() {
        return Response.ok().type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8")).build();
    }

    private static NewCookie cookie(Callers.Session session, UriInfo uri) {
        return new NewCookie.Builder(Callers.COOKIE)
                .value(session.id())
                .path("/")
                .httpOnly(true)
                .sameSite(NewCookie.SameSite.STRICT)
                .secure("https".equals(uri.getRequestUri().getScheme()))
                .maxAge((int) session.lifetime().toSeconds())
                .build();
    }
}
