package dev.gyre.access;

import io.grpc.Status;
import java.time.Duration;

/// Why a request is refused, the same for gRPC and HTTP.
public sealed interface Failure {
    /// What is wrong, with the value, the limit and the remedy.
    String message();

    /// A value of the request is wrong.
    ///
    /// @param field name of the field, as the caller wrote it
    record Invalid(String field, String message) implements Failure {}

    /// What the request names does not exist.
    record NotFound(String message) implements Failure {}

    /// It exists already with another content, or has changed since the caller saw it.
    record Conflict(String message) implements Failure {}

    /// No valid token.
    record Unauthenticated(String message) implements Failure {}

    /// A valid token that does not allow this.
    record Denied(String message) implements Failure {}

    /// Too much at once.
    ///
    /// @param retryAfter when to try again
    record Busy(String message, Duration retryAfter) implements Failure {}

    /// Cannot be done now; the message says what is missing.
    record Unavailable(String message) implements Failure {}

    /// Status for HTTP.
    default int httpStatus() {
        return switch (this) {
            case Invalid _ -> 400;
            case Unauthenticated _ -> 401;
            case Denied _ -> 403;
            case NotFound _ -> 404;
            case Conflict _ -> 409;
            case Busy _ -> 429;
            case Unavailable _ -> 503;
        };
    }

    /// Status for gRPC, with the message as description.
    default Status grpcStatus() {
        Status status =
                switch (this) {
                    case Invalid _ -> Status.INVALID_ARGUMENT;
                    case Unauthenticated _ -> Status.UNAUTHENTICATED;
                    case Denied _ -> Status.PERMISSION_DENIED;
                    case NotFound _ -> Status.NOT_FOUND;
                    case Conflict _ -> Status.ALREADY_EXISTS;
                    case Busy _ -> Status.RESOURCE_EXHAUSTED;
                    case Unavailable _ -> Status.UNAVAILABLE;
                };
        return status.withDescription(message());
    }
}
