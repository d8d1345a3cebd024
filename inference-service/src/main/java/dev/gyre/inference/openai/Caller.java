package dev.gyre.inference.openai;

import dev.gyre.access.Identity;
import dev.gyre.access.TokenVerifier;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import org.jspecify.annotations.Nullable;

/// Finds out who calls over HTTP: the API key is an access token.
@Singleton
final class Caller {
    private final TokenVerifier verifier;

    Caller(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /// A verified caller and the project it asks in.
    record Asking(Identity identity, String project) {}

    /// @throws dev.gyre.access.FailureException without a valid token, or when the header
    ///   `OpenAI-Project` names a project that the caller does not belong to
    Asking verify(HttpHeaders headers) {
        Identity identity =
                verifier.authenticate(headers.getHeaderString(HttpHeaders.AUTHORIZATION));
        @Nullable String project = headers.getHeaderString("OpenAI-Project");
        return new Asking(identity, identity.project(project == null ? "" : project));
    }
}
