package dev.gyre.inference.models;

import dev.gyre.artifacts.ModelVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a release line says at an epoch.
///
/// @param project the line's project
/// @param line the line's name
/// @param epoch grows with each change
/// @param promoted version to serve; null before the first promotion
/// @param manifestSha256 SHA-256 of the promoted version's manifest.json; empty when not told
/// @param others further versions that the line names: the previous one, the canary
public record Release(
        String project,
        String line,
        long epoch,
        @Nullable ModelVersion promoted,
        String manifestSha256,
        Set<ModelVersion> others) {
    public Release {
        others = Set.copyOf(others);
    }

    ReleaseLineKey key() {
        return new ReleaseLineKey(project, line);
    }

    boolean names(ModelVersion version) {
        return version.equals(promoted) || others.contains(version);
    }
}
