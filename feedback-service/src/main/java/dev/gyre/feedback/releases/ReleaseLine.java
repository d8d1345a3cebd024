package dev.gyre.feedback.releases;

import dev.gyre.access.FailureException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A release line: the name under which versions of a model are served in a project.
///
/// @param epoch grows by one with each change; 0 before the first
/// @param promoted what is served; null before the first promotion
/// @param previous what was served before; null before the second
/// @param reason why it changed last
/// @param changedBy subject who changed it last, or the part of this service that did
public record ReleaseLine(
        String project,
        String name,
        long epoch,
        @Nullable Release promoted,
        @Nullable Release previous,
        String reason,
        String changedBy,
        Instant updateTime) {

    /// The line after a promotion.
    ReleaseLine promote(Release release, String why, String who, Instant now) {
        return new ReleaseLine(project, name, epoch + 1, release, promoted, why, who, now);
    }

    /// The line after going back. What was served becomes the previous version, so going back by
    /// mistake is undone by going back once more.
    ///
    /// @throws FailureException [dev.gyre.access.Failure.Conflict] when there is no previous
    ///   version
    ReleaseLine rollBack(String why, String who, Instant now) {
        if (previous == null) {
            throw FailureException.conflict(
                    "release line "
                            + project
                            + "/"
                            + name
                            + " has no previous version to go back to");
        }
        return new ReleaseLine(project, name, epoch + 1, previous, promoted, why, who, now);
    }

    /// Refuses a caller that has seen an older state.
    ///
    /// @param expected epoch that the caller saw; 0: not checked
    /// @throws FailureException [dev.gyre.access.Failure.Conflict] when the line has changed since
    void checkEpoch(long expected) {
        if (expected != 0 && expected != epoch) {
            throw FailureException.conflict(
                    "release line "
                            + project
                            + "/"
                            + name
                            + " is at epoch "
                            + epoch
                            + ", the caller saw "
                            + expected
                            + "; read it again");
        }
    }
}
