package dev.gyre.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/// Whose tokens are believed.
@ConfigMapping(prefix = "gyre.access")
public interface AccessConfig {
    /// File with the issuer's public keys, a JWK set.
    Path publicKeys();

    /// `iss` claim that tokens must have.
    @WithDefault("gyre-local")
    String issuer();
}
