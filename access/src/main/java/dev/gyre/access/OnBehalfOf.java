package dev.gyre.access;

import io.grpc.Metadata;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a service passes on for whom it calls: its own token, the person's subject and the project.
///
/// A caller with the role [Role#SERVICE] that names somebody becomes that person, with the role
/// [Role#RATER] and the one project and nothing else, so that limits, caches and events are the
/// person's. Nobody else may name somebody.
public final class OnBehalfOf {
    /// Entry with the subject, percent-encoded: gRPC would turn every letter outside ASCII into the
    /// same question mark, and two people into one.
    static final Metadata.Key<String> SUBJECT =
            Metadata.Key.of("gyre-on-behalf-of", Metadata.ASCII_STRING_MARSHALLER);

    /// Entry with the project.
    static final Metadata.Key<String> PROJECT =
            Metadata.Key.of("gyre-project", Metadata.ASCII_STRING_MARSHALLER);

    private OnBehalfOf() {}

    /// Entries of a call in somebody's name.
    ///
    /// @param serviceToken access token of the calling service
    /// @param person for whom it calls
    /// @param project project of the call
    /// @throws FailureException [Failure.Denied] when the person does not belong to the project
    public static Metadata headers(String serviceToken, Identity person, String project) {
        person.checkProject(project);
        Metadata headers = new Metadata();
        headers.put(AccessInterceptor.AUTHORIZATION, "Bearer " + serviceToken);
        headers.put(SUBJECT, URLEncoder.encode(person.subject(), StandardCharsets.UTF_8));
        headers.put(PROJECT, project);
        return headers;
    }

    /// The identity that a call has.
    ///
    /// @param caller owner of the token
    /// @throws FailureException [Failure.Denied] when the caller may not name somebody,
    ///   [Failure.Invalid] when only half is named
    static Identity resolve(Identity caller, Metadata headers) {
        String subject = headers.get(SUBJECT);
        String project = headers.get(PROJECT);
        if (subject == null && project == null) {
            return caller;
        }
        if (!caller.roles().contains(Role.SERVICE)) {
            throw new FailureException(
                    new Failure.Denied(
                            caller.subject()
                                    + " may not send "
                                    + SUBJECT.name()
                                    + " or "
                                    + PROJECT.name()
                                    + "; only a token with the role service may"));
        }
        Identity person =
                new Identity(
                        decode(subject), Set.of(Role.RATER), List.of(require(PROJECT, project)));
        caller.checkProject(person.projects().getFirst());
        return person;
    }

    private static String decode(@Nullable String subject) {
        try {
            return URLDecoder.decode(require(SUBJECT, subject), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw FailureException.invalid(
                    SUBJECT.name(), SUBJECT.name() + " is not percent-encoded: " + subject);
        }
    }

    private static String require(Metadata.Key<String> key, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw FailureException.invalid(
                    key.name(), SUBJECT.name() + " and " + PROJECT.name() + " go together");
        }
        return value;
    }
}
