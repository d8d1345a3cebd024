package dev.gyre.events;

/// Says that a record can never be handled, so that it goes to the dead letters with this reason.
public final class PoisonedRecordException extends RuntimeException {
    /// @param reason why it can never be handled
    public PoisonedRecordException(String reason) {
        super(reason);
    }

    /// @param reason why it can never be handled
    public PoisonedRecordException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
