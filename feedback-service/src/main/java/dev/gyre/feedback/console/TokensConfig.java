package dev.gyre.feedback.console;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/// Tokens that this service has: `gyre.tokens.*`.
@ConfigMapping(prefix = "gyre.tokens")
interface TokensConfig {
    /// Access token with the role service, to call other services with.
    Optional<String> service();
}
