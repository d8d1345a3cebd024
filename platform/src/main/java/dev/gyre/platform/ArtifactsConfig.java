package dev.gyre.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/// Where the artifact store is.
@ConfigMapping(prefix = "gyre.artifacts")
public interface ArtifactsConfig {
    /// A folder, or what else [dev.gyre.artifacts.ArtifactStore#open] takes.
    String location();

    /// Folder of verified local copies.
    @WithDefault("${java.io.tmpdir}/gyre-cache")
    Path cache();
}
