package dev.gyre.tokenization;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/// Whose tokens are taken.
@ConfigMapping(prefix = "gyre.access")
interface AccessConfig {
    /// A JWK set with the issuer's public keys.
    Path publicKeys();

    /// `iss` claim that tokens must have.
    @WithDefault("gyre-local")
    String issuer();
}
