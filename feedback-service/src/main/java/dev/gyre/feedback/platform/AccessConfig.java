package dev.gyre.feedback.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/// Whose tokens are taken: `gyre.access.*`.
@ConfigMapping(prefix = "gyre.access")
interface AccessConfig {
    /// Path of a JWK set with the issuer's public keys.
    String publicKeys();

    /// `iss` claim that tokens must have.
    @WithDefault("gyre-local")
    String issuer();
}
