package dev.gyre.cli.machine;

/// A failure whose message is all that a person needs: what happened, and what to do.
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitStatus;

    /// A failure with exit status 1.
    public CliException(String message) {
        this(ExitStatus.FAILED, message);
    }

    /// A failure with an exit status of [ExitStatus].
    public CliException(int exitStatus, String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    /// Status that the command ends with.
    public int exitStatus() {
        return exitStatus;
    }
}
