package dev.gyre.inference.models;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/// Which models are loaded, and how.
@ConfigMapping(prefix = "gyre.models")
public interface ModelsConfig {
    /// Variant of the ONNX graph: `int8` or `fp32`. Default: fp32 in reproducible mode and for
    /// small models, else int8. A package without it is not loaded; another variant is never taken
    /// in its place.
    Optional<String> variant();

    /// Where no variant is set: a package whose fp32 graph has at most so many megabytes is small
    /// and runs in fp32 and in reproducible mode, which costs such a model next to nothing.
    @WithDefault("64")
    int smallMegabytes();

    /// Versions kept loaded because somebody asked for them by `name@version`, beside the released
    /// ones.
    @WithDefault("2")
    int maxLoaded();

    /// Name of this replica in events; stable over restarts. Default: the host's name.
    @WithDefault("${HOSTNAME:inference}")
    String replica();
}
