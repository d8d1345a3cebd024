package dev.gyre.inference;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/// Whose tokens are believed.
@ConfigMapping(prefix = "gyre.access")
interface AccessConfig {
    /// File with the issuer's public keys, a JWK set.
    Path publicKeys();

    /// The issuer's name in its tokens.
    @WithDefault("gyre-local")
    String issuer();
}
