package dev.gyre.feedback.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/// Where model packages and data sets are: `gyre.artifacts.*`.
@ConfigMapping(prefix = "gyre.artifacts")
interface ArtifactsConfig {
    /// A folder, or another location that the artifact store knows.
    String location();

    /// Folder for verified local copies. Unused so far: this service reads manifests only.
    @WithDefault("/tmp/gyre-feedback-cache")
    String cache();
}
