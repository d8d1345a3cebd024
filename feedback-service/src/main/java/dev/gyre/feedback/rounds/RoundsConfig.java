package dev.gyre.feedback.rounds;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/// How often policies are looked at: `gyre.rounds.*`.
@ConfigMapping(prefix = "gyre.rounds")
public interface RoundsConfig {
    /// Time between two looks. A look that finds no new rating is one small query a line.
    @WithDefault("2s")
    Duration checkInterval();
}
