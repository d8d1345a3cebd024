package dev.gyre.tokenization;

import io.smallrye.config.ConfigMapping;

/// Where the artifact store is.
@ConfigMapping(prefix = "gyre.artifacts")
interface ArtifactsConfig {
    /// A folder, or what else [dev.gyre.artifacts.ArtifactStore#open] takes.
    String location();
}
