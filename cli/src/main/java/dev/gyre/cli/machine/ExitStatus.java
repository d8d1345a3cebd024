package dev.gyre.cli.machine;

/// What the command's exit status means.
public final class ExitStatus {
    /// Done.
    public static final int DONE = 0;

    /// Failed; the message says why.
    public static final int FAILED = 1;

    /// The command line is wrong.
    public static final int USAGE = 2;

    /// Gyre does not run here, or not all of it.
    public static final int NOT_RUNNING = 3;

    private ExitStatus() {}
}
