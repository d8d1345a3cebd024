package dev.gyre.access;

/// Carries a [Failure] to the door, where it becomes a status.
public final class FailureException extends RuntimeException {
    private final transient Failure failure;

    /// @param failure why the request is refused
    public FailureException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /// Why the request is refused.
    public Failure failure() {
        return failure;
    }

    /// Refuses a value of the request.
    public static FailureException invalid(String field, String message) {
        return new FailureException(new Failure.Invalid(field, message));
    }

    /// Says that something does not exist.
    public static FailureException notFound(String message) {
        return new FailureException(new Failure.NotFound(message));
    }

    /// Says that something exists with another content or has changed.
    public static FailureException conflict(String message) {
        return new FailureException(new Failure.Conflict(message));
    }

    /// Says that something cannot be done now.
    public static FailureException unavailable(String message) {
        return new FailureException(new Failure.Unavailable(message));
    }
}
