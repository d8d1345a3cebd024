package dev.gyre.model;

/// Told how far a long step is.
@FunctionalInterface
public interface Progress {
    /// @param step what is being done, for people
    /// @param done the share of this step that is done, 0 to 1
    void report(String step, double done);
}
