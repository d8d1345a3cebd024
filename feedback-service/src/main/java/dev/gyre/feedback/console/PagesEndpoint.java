package dev.gyre.feedback.console;

import dev.gyre.access.Identity;
import dev.gyre.feedback.signin.Caller;
import dev.gyre.feedback.signin.Html;
import dev.gyre.feedback.signin.Open;
import dev.gyre.feedback.signin.SignInPage;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;

/// The console's pages: one frame, filled by the page's module in the browser. Who is not signed in
/// gets a page that says how to.
@Path("/")
@Open
public final class PagesEndpoint {
    private static final Html FRAME = Html.of("/console/frame.html");

    private static final Map<String, String> TITLES =
            Map.of(
                    "home", "Home",
                    "chat", "Chat",
                    "compare", "Compare",
                    "jobs", "Jobs",
                    "releases", "Releases",
                    "data", "Data and rounds",
                    "lineage", "Lineage");

    private final Caller caller;

    PagesEndpoint(Caller caller) {
        this.caller = caller;
    }

    /// The first page.
    @GET
    @RunOnVirtualThread
    public Response home() {
        return page("home");
    }

    /// One of the others.
    ///
    /// @param name name of the page, also of its module
    @GET
    @Path("{name: chat|compare|jobs|releases|data|lineage}")
    @RunOnVirtualThread
    public Response page(@PathParam("name") String name) {
        Optional<Identity> reader = caller.ifSignedIn();
        if (reader.isEmpty()) {
            return SignInPage.refusing(
                    "Sign in", "You are not signed in, or your session has ended.");
        }
        String title = TITLES.getOrDefault(name, name);
        return Response.ok(
                        FRAME.with("title", title)
                                .with("module", name)
                                .with("subject", reader.get().subject())
                                .text(),
                        MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .build();
    }
}
