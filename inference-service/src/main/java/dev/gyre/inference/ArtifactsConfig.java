package dev.gyre.inference;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/// Where the artifact store is.
@ConfigMapping(prefix = "gyre.artifacts")
interface ArtifactsConfig {
    /// A folder, or what else [dev.gyre.artifacts.ArtifactStore#open] takes.
    String location();

    /// Folder of verified local copies. Unset: `gyre-cache` in the folder for temporary files.
    Optional<Path> cache();
}
