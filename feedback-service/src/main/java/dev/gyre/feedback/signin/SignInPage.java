package dev.gyre.feedback.signin;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/// The page for people who are not signed in: what happened and what to do.
public final class SignInPage {
    private static final Html PAGE = Html.of("/console/sign-in.html");

    private SignInPage() {}

    /// The page, with status 401.
    ///
    /// @param title what happened, in a few words
    /// @param reason what happened, in a sentence
    public static Response refusing(String title, String reason) {
        return Response.status(Response.Status.UNAUTHORIZED)
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(PAGE.with("title", title).with("reason", reason).text())
                .build();
    }
}
